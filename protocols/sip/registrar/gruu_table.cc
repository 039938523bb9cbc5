#include "protocols/sip/registrar/gruu_table.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tickwire::sip {
namespace {

// The value of "gr" as a URI parameter: what paramchar does not allow is escaped (§25.1).
std::string EscapeParam(absl::string_view text) {
  constexpr absl::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()[]/:&+$";
  std::string out;
  for (const char c : text) {
    if (absl::StrContains(kPlain, c)) {
      out += c;
    } else {
      absl::StrAppend(&out, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return out;
}

std::string Unescape(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](size_t at) {
      const char c = text[at];
      if (c >= '0' && c <= '9') return c - '0';
      const char lower = static_cast<char>(c | 0x20);
      return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    if (text[i] == '%' && i + 2 < text.size() && digit(i + 1) >= 0 && digit(i + 2) >= 0) {
      out += static_cast<char>(digit(i + 1) * 16 + digit(i + 2));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

GruuTable::GruuTable(const RunSeed& seed, absl::string_view owner)
    : texts_(Rng::ForStream(seed, owner, "sip.gruu")) {}

std::string GruuTable::KeyOf(absl::string_view aor, absl::string_view instance) {
  return absl::StrCat(aor, " ", instance);
}

std::string GruuTable::PublicGruu(absl::string_view aor, absl::string_view instance) {
  const absl::string_view bare = absl::StripSuffix(absl::StripPrefix(instance, "<"), ">");
  return absl::StrCat("sip:", aor, ";gr=", EscapeParam(bare));
}

std::string GruuTable::InstanceOf(absl::string_view gr) {
  return absl::StrCat("<", Unescape(gr), ">");
}

std::string GruuTable::NewTemporary(absl::string_view aor, absl::string_view instance,
                                    absl::string_view domain) {
  const uint64_t high = texts_.Next64();
  const std::string user = absl::StrCat("tgruu.", absl::Hex(high, absl::kZeroPad16),
                                        absl::Hex(texts_.Next64(), absl::kZeroPad16));
  Issued issued{user, absl::StrCat("sip:", user, "@", domain, ";gr")};
  owners_[user] = Owner{std::string(aor), std::string(instance)};
  std::deque<Issued>& all = issued_[KeyOf(aor, instance)];
  all.push_back(issued);
  if (all.size() > kMaxPerInstance) {
    owners_.erase(all.front().user);
    all.pop_front();
  }
  return issued.uri;
}

std::optional<std::string> GruuTable::Latest(absl::string_view aor,
                                             absl::string_view instance) const {
  const auto found = issued_.find(KeyOf(aor, instance));
  if (found == issued_.end()) return std::nullopt;
  return found->second.back().uri;
}

void GruuTable::Invalidate(absl::string_view aor, absl::string_view instance) {
  const auto found = issued_.find(KeyOf(aor, instance));
  if (found == issued_.end()) return;
  for (const Issued& issued : found->second) owners_.erase(issued.user);
  issued_.erase(found);
}

const GruuTable::Owner* GruuTable::Find(absl::string_view user) const {
  const auto found = owners_.find(user);
  return found == owners_.end() ? nullptr : &found->second;
}

}  // namespace tickwire::sip
