// Scanner: the characters of a script, with the line they stand on.
#ifndef TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCANNER_H_
#define TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCANNER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::packet_script {

class Scanner {
 public:
  explicit Scanner(absl::string_view text) : text_(text) {}

  // Spaces, line ends and comments.
  void SkipBlank();
  bool AtEnd();
  int line() const { return line_; }
  // Of the next character that counts; '\0' at the end.
  char Peek();
  // Takes `symbol` if it comes next.
  bool Take(absl::string_view symbol);
  // A name of letters, digits and '_'; empty if none comes.
  std::string TakeName();
  // Letters, digits and what else is in `more`.
  std::string TakeWord(absl::string_view more);
  // Decimal or 0x; a sign is taken too.
  std::optional<int64_t> TakeNumber();
  // Seconds with a fraction; the dots of "..." are left.
  std::optional<Duration> TakeSeconds();
  // Up to and without `end`, which is taken too. Nothing if it never comes.
  std::optional<std::string> TakeUntil(absl::string_view end);
  // The rest of this line.
  std::string TakeLine();
  // After an opening quote.
  std::optional<std::string> TakeQuoted();

 private:
  char At(size_t offset) const {
    return pos_ + offset < text_.size() ? text_[pos_ + offset] : '\0';
  }
  void Advance(size_t n);

  const absl::string_view text_;
  size_t pos_ = 0;
  int line_ = 1;
};

}  // namespace tickwire::packet_script

#endif  // TICKWIRE_TESTS_SUPPORT_PACKET_SCRIPT_SCANNER_H_
