#include "topologies/text/location_tree.h"

#include <algorithm>
#include <tuple>

namespace tickwire::text {
namespace {

bool Before(const LocationTree::Entry& entry, const std::pair<int, int>& key) {
  return std::pair(entry.field, entry.index) < key;
}

}  // namespace

LocationTree::Entry& LocationTree::Add(int field, int index, Span name, Span value) {
  entries_.push_back({field, index, name, value, nullptr});
  return entries_.back();
}

const LocationTree::Entry* LocationTree::Find(int field, int index) const {
  const std::pair<int, int> key(field, index);
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), key, Before);
  if (it == entries_.end() || std::pair(it->field, it->index) != key) return nullptr;
  return &*it;
}

void LocationTree::Sort() {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.field, a.index) < std::pair(b.field, b.index);
  });
}

Span Where::Value(int field, int index) const {
  const LocationTree::Entry* entry = tree ? tree->Find(field, index) : nullptr;
  return entry ? entry->value : span;
}

Span Where::Name(int field, int index) const {
  const LocationTree::Entry* entry = tree ? tree->Find(field, index) : nullptr;
  return entry ? entry->name : span;
}

Where Where::Inside(int field, int index) const {
  const LocationTree::Entry* entry = tree ? tree->Find(field, index) : nullptr;
  if (!entry) return {nullptr, span};
  return {entry->inside.get(), entry->name};
}

}  // namespace tickwire::text
