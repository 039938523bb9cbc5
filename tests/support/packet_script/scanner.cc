#include "tests/support/packet_script/scanner.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace tickwire::packet_script {

void Scanner::Advance(size_t n) {
  for (size_t i = 0; i < n && pos_ < text_.size(); ++i, ++pos_) {
    if (text_[pos_] == '\n') ++line_;
  }
}

void Scanner::SkipBlank() {
  while (pos_ < text_.size()) {
    const absl::string_view rest = text_.substr(pos_);
    if (absl::ascii_isspace(static_cast<unsigned char>(rest[0]))) {
      Advance(1);
    } else if (absl::StartsWith(rest, "//") || rest[0] == '#') {
      Advance(std::min(rest.find('\n'), rest.size()));
    } else if (absl::StartsWith(rest, "/*")) {
      const size_t end = rest.find("*/", 2);
      Advance(end == absl::string_view::npos ? rest.size() : end + 2);
    } else {
      return;
    }
  }
}

bool Scanner::AtEnd() {
  SkipBlank();
  return pos_ >= text_.size();
}

char Scanner::Peek() {
  SkipBlank();
  return At(0);
}

bool Scanner::Take(absl::string_view symbol) {
  SkipBlank();
  if (!absl::StartsWith(text_.substr(pos_), symbol)) return false;
  Advance(symbol.size());
  return true;
}

std::string Scanner::TakeName() { return TakeWord("_"); }

std::string Scanner::TakeWord(absl::string_view more) {
  SkipBlank();
  std::string word;
  while (absl::ascii_isalnum(static_cast<unsigned char>(At(0))) ||
         (At(0) != '\0' && absl::StrContains(more, At(0)))) {
    word += At(0);
    Advance(1);
  }
  return word;
}

std::optional<int64_t> Scanner::TakeNumber() {
  SkipBlank();
  size_t size = At(0) == '-' || At(0) == '+' ? 1 : 0;
  const bool is_hex = At(size) == '0' && (At(size + 1) == 'x' || At(size + 1) == 'X');
  if (is_hex) size += 2;
  const size_t first_digit = size;
  while (is_hex ? absl::ascii_isxdigit(static_cast<unsigned char>(At(size)))
                : absl::ascii_isdigit(static_cast<unsigned char>(At(size)))) {
    ++size;
  }
  if (size == first_digit) return std::nullopt;
  int64_t value = 0;
  const absl::string_view text = text_.substr(pos_, size);
  if (!(is_hex ? absl::SimpleHexAtoi(text, &value) : absl::SimpleAtoi(text, &value))) {
    return std::nullopt;
  }
  Advance(size);
  return value;
}

std::optional<Duration> Scanner::TakeSeconds() {
  SkipBlank();
  const auto is_digit = [&](size_t at) {
    return absl::ascii_isdigit(static_cast<unsigned char>(At(at)));
  };
  size_t size = 0;
  int64_t nanos = 0;
  while (is_digit(size)) nanos = nanos * 10 + (At(size++) - '0');
  const bool has_whole = size > 0;
  nanos *= 1'000'000'000;
  if (At(size) == '.' && is_digit(size + 1)) {
    ++size;
    for (int64_t unit = 100'000'000; is_digit(size); unit /= 10) nanos += unit * (At(size++) - '0');
  } else if (!has_whole) {
    return std::nullopt;
  }
  Advance(size);
  return Duration::Nanos(nanos);
}

std::optional<std::string> Scanner::TakeUntil(absl::string_view end) {
  const size_t at = text_.find(end, pos_);
  if (at == absl::string_view::npos) return std::nullopt;
  std::string taken(text_.substr(pos_, at - pos_));
  Advance(at - pos_ + end.size());
  return taken;
}

std::string Scanner::TakeLine() {
  const size_t end = std::min(text_.find('\n', pos_), text_.size());
  std::string taken(text_.substr(pos_, end - pos_));
  Advance(end - pos_);
  return taken;
}

std::optional<std::string> Scanner::TakeQuoted() { return TakeUntil("\""); }

}  // namespace tickwire::packet_script
