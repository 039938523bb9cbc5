#include "protocols/sip/message/header_table.h"

#include <array>
#include <cstring>

#include "protocols/sip/message/scanner.h"
#include "sim_core/base/check.h"

namespace tickwire::sip {
namespace {

template <class Header>
constexpr bool MayRepeat() {
  if constexpr (requires { Header::kMayRepeat; }) {
    return Header::kMayRepeat;
  } else {
    return Header::kIsList;
  }
}

// §20.1, §20.2, §20.3, §20.5, §20.25, §20.36, §20.37, RFC 6086 §7.2.
using HeadersThatCanBeEmpty = HeaderList<Accept, AcceptEncoding, AcceptLanguage, Allow,
                                         Organization, Subject, Supported, RecvInfo>;

template <class Header>
constexpr bool CanBeEmpty() {
  return internal::IndexOfHeader<Header>(HeadersThatCanBeEmpty{}) <
         internal::CountHeaders(HeadersThatCanBeEmpty{});
}

template <class... Headers>
constexpr std::array<HeaderInfo, sizeof...(Headers)> MakeInfos(HeaderList<Headers...>) {
  return {HeaderInfo{Headers::kName, Headers::kCompact, Headers::kIsList, MayRepeat<Headers>(),
                     std::is_base_of_v<NameAddr, Headers>, CanBeEmpty<Headers>(), Headers::kSection,
                     [](absl::string_view value) { return Headers::Parse(value).has_value(); }}...};
}
constexpr std::array<HeaderInfo, kHeaderCount> kInfos = MakeInfos(KnownHeaders{});

// Open addressing over length, first and last letter, filled when compiled.
constexpr size_t kSlots = 256;
constexpr uint8_t kEmpty = 0xff;

constexpr size_t SlotOf(absl::string_view name) {
  const unsigned first = static_cast<unsigned char>(name[0]) | 0x20u;
  const unsigned last = static_cast<unsigned char>(name[name.size() - 1]) | 0x20u;
  return (name.size() * 29 + first * 5 + last) % kSlots;
}

constexpr std::array<uint8_t, kSlots> MakeSlots() {
  std::array<uint8_t, kSlots> slots{};
  for (uint8_t& slot : slots) slot = kEmpty;
  for (size_t i = 0; i < kHeaderCount; ++i) {
    size_t slot = SlotOf(kInfos[i].name);
    while (slots[slot] != kEmpty) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<uint8_t>(i);
  }
  return slots;
}
constexpr std::array<uint8_t, kSlots> kSlotTable = MakeSlots();

constexpr std::array<uint8_t, 26> MakeCompactForms() {
  std::array<uint8_t, 26> forms{};
  for (uint8_t& form : forms) form = kEmpty;
  for (size_t i = 0; i < kHeaderCount; ++i) {
    if (kInfos[i].compact != '\0')
      forms[static_cast<size_t>(kInfos[i].compact - 'a')] = static_cast<uint8_t>(i);
  }
  return forms;
}
constexpr std::array<uint8_t, 26> kCompactForms = MakeCompactForms();

}  // namespace

const HeaderInfo& InfoOf(HeaderId id) {
  TW_CHECK(static_cast<size_t>(id) < kHeaderCount);
  return kInfos[static_cast<size_t>(id)];
}

HeaderId FindHeader(absl::string_view name) {
  if (name.size() <= 1) {
    const unsigned letter = name.empty() ? 0 : (static_cast<unsigned char>(name[0]) | 0x20u) - 'a';
    return letter < 26 && IsIn(name.empty() ? '\0' : name[0], kAlphaChar)
               ? static_cast<HeaderId>(kCompactForms[letter])
               : HeaderId::kOther;
  }
  for (size_t slot = SlotOf(name); kSlotTable[slot] != kEmpty; slot = (slot + 1) % kSlots) {
    const absl::string_view known = kInfos[kSlotTable[slot]].name;
    if (known.size() != name.size()) continue;
    if (std::memcmp(known.data(), name.data(), name.size()) == 0 || EqualsIgnoreCase(known, name)) {
      return static_cast<HeaderId>(kSlotTable[slot]);
    }
  }
  return HeaderId::kOther;
}

}  // namespace tickwire::sip
