#include "topologies/error_catalogue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tickwire {
namespace {

// The examples are whole files where that is short; `wrong` must give exactly this id and `right`
// no error at all (tests/topologies/error_catalogue_test.cc).
constexpr ErrorEntry kEntries[] = {
    {"E0101", "The file cannot be read",
     "There is no such file, or its permissions forbid reading. A scenario is named by its path or "
     "by its name in `tickwire list`.",
     "", ""},
    {"E0102", "A character that means nothing",
     "Outside of quotes and comments a scenario holds names, numbers, and { } [ ] < > : , ; only.",
     "seed: 7 $", "seed: 7"},
    {"E0103", "Text that is not closed",
     "Text begins and ends with the same quote on one line. Long text is split into pieces, each "
     "with its quotes, that follow each other.",
     "title: \"a call\nseed: 7", "title: \"a call\"\nseed: 7"},
    {"E0104", "An escape that means nothing",
     "In text a backslash starts an escape: \\n, \\t, \\\", \\\\, \\xHH, \\uHHHH or up to three "
     "octal "
     "digits. A backslash itself is written twice.",
     "title: \"100\\% sure\"", "title: \"100% sure\""},
    {"E0105", "Something else was expected here",
     "A field is its name, a colon and a value, or its name and a block in braces.", "seed 7",
     "seed: 7"},
    {"E0106", "A bracket that is never closed",
     "Every { [ and < needs its counterpart. The place given is the innermost one still open at "
     "the "
     "end of the file; the missing one may belong further up.",
     "node { name: \"alice\"", "node { name: \"alice\" }"},
    {"E0107", "An unknown field",
     "A block has the fields that its message in topologies/*.proto lists, and no others. Often it "
     "is "
     "a slip of the finger, or the field belongs into a block inside or outside of this one.",
     "pair { a: \"alice\" b: \"bob\" link { dealy: \"20ms\" } }",
     "pair { a: \"alice\" b: \"bob\" link { delay: \"20ms\" } }"},
    {"E0108", "An unknown word for a choice",
     "Some fields take one of a few words, without quotes and in capitals.", "ip: IPV5",
     "ip: IPV6"},
    {"E0109", "A value of another type",
     "Text and everything with a unit stands in quotes; whole numbers, true and false and choices "
     "do "
     "not; blocks have braces.",
     "seed: \"7\"", "seed: 7"},
    {"E0110", "A field set twice", "A field that holds one value may be written once in its block.",
     "seed: 7\nseed: 8", "seed: 7"},
    {"E0111", "Two kinds in one block",
     "Some blocks say one thing out of several: an effect of a link, a role, an action. Write one "
     "block for each.",
     "pair { a: \"a\" b: \"b\" link { both { loss: \"1%\" corrupt { probability: \"1%\" } } } }",
     "pair { a: \"a\" b: \"b\" link { both { loss: \"1%\" } both { corrupt { probability: \"1%\" } "
     "} } }"},
    {"E0112", "An unknown message type",
     "`custom { [package.Type] { ... } }` holds a message from outside the tree. Its .proto has to "
     "be "
     "compiled and linked into the program that loads the file.",
     "node { name: \"alice\" role { custom { [my.pkg.Role] { } } } }",
     "node { name: \"alice\" role { custom { [tickwire.scenario.UdpSink] { port: 5004 } } } }"},
    {"E0113", "A number out of range for its type",
     "The number has no room in its field: negative, or too large.", "seed: -1", "seed: 1"},
    {"E0114", "A closing bracket too many", "Nothing is open that this could close.", "seed: 7 }",
     "seed: 7"},
    {"E0115", "Text that is not UTF-8",
     "Scenario files are UTF-8. The usual cause is a file saved in another encoding.",
     "title: \"caf\\xe9\"", "title: \"caf\\u00e9\""},
    {"E0116", "A field is missing", "This block makes no sense without that field.",
     "node { router: true }", "node { name: \"r1\" router: true }"},
    {"E0117", "A block that does not say what it is",
     "An effect, a role, an action, a queue, a distribution or an expectation has to name one of "
     "its "
     "kinds.",
     "node { name: \"alice\" role { } }", "node { name: \"alice\" role { udp_sink { } } }"},
    {"E0118", "A newer format",
     "The file says that it is written for a newer tickwire. Older files stay readable; newer ones "
     "are refused rather than guessed at.",
     "format: 2", "format: 1"},
    {"E0201", "Not a duration",
     "A number and a unit without a space: ns, us, ms, s, min, h. Exact to 1 ns. `never` is a "
     "duration too.",
     "stop_at: \"20 ms\"", "stop_at: \"20ms\""},
    {"E0202", "Not a rate",
     "A number and a unit without a space: bps, kbps, Mbps, Gbps, Tbps (powers of 1000), or "
     "`infinite`.",
     "pair { a: \"a\" b: \"b\" link { rate: \"10MB\" } }",
     "pair { a: \"a\" b: \"b\" link { rate: \"10Mbps\" } }"},
    {"E0203", "Not a size",
     "A number and a unit without a space: B, kB, MB, GB (powers of 1000), KiB, MiB, GiB (powers "
     "of "
     "1024).",
     "pair { a: \"a\" b: \"b\" link { queue { drop_tail { bytes: \"64K\" } } } }",
     "pair { a: \"a\" b: \"b\" link { queue { drop_tail { bytes: \"64KiB\" } } } }"},
    {"E0204", "Not a probability",
     "From 0 to 1, as \"1%\", \"0.01\" or \"1/100\". Decimals are exact to one part in "
     "1,000,000,000.",
     "pair { a: \"a\" b: \"b\" link { both { loss: \"10\" } } }",
     "pair { a: \"a\" b: \"b\" link { both { loss: \"10%\" } } }"},
    {"E0205", "Not an address",
     "An interface has a unicast IPv4 or IPv6 address and a prefix length: \"10.0.1.1/24\". A host "
     "part of zeros is the network itself.",
     "node { name: \"a\" interface { name: \"eth0\" address: \"10.0.1.256/24\" } }",
     "node { name: \"a\" interface { name: \"eth0\" address: \"10.0.1.25/24\" } }"},
    {"E0206", "Out of range",
     "The value is well-formed but cannot be used here. A link's delay is at least 1 ns, so that "
     "no "
     "effect comes before its cause, however the run is split.",
     "pair { a: \"a\" b: \"b\" link { delay: \"0s\" } }",
     "pair { a: \"a\" b: \"b\" link { delay: \"1ns\" } }"},
    {"E0207", "Not a name",
     "Names are made of letters, digits, '-', '_' and '.', begin with a letter or digit and have "
     "at "
     "most 64 characters; files, addresses of record and diagrams are named after them.",
     "node { name: \"alice smith\" }", "node { name: \"alice-smith\" }"},
    {"E0208", "Not a decimal number", "Digits and at most one point, no unit, exact to 0.000001.",
     "pair { a: \"a\" b: \"b\" link { both { jitter { delay { pareto { scale: \"1ms\" shape: \"x\" "
     "} } } } "
     "} }",
     "pair { a: \"a\" b: \"b\" link { both { jitter { delay { pareto { scale: \"1ms\" shape: "
     "\"1.5\" } } "
     "} } } }"},
    {"E0209", "An empty value",
     "Leave the field out to get its default, rather than writing an empty text.", "stop_at: \"\"",
     "stop_at: \"10s\""},
    {"E0210", "Not a SIP URI",
     "A SIP URI has a scheme, a host, and what RFC 3261 section 19.1 allows around them.",
     "node { name: \"a\" role { sip_ua { route: \"proxy;lr\" } } }",
     "node { name: \"a\" role { sip_ua { route: \"sip:proxy;lr\" } } }"},
    {"E0301", "An unknown node",
     "The name is that of no `node` block and of no node that a shorthand makes. `tickwire show` "
     "prints all nodes.",
     "pair { a: \"alice\" b: \"bob\" }\nexpect { node: \"alcie\" sends: \"\" never: true }",
     "pair { a: \"alice\" b: \"bob\" }\nexpect { node: \"alice\" sends: \"\" never: true }"},
    {"E0302", "An unknown link",
     "A link is called by its `name`, or by its two nodes in the order of a and b: \"alice-bob\".",
     "pair { a: \"alice\" b: \"bob\" }\nat { time: \"1s\" link_down: \"bob-alice\" }",
     "pair { a: \"alice\" b: \"bob\" }\nat { time: \"1s\" link_down: \"alice-bob\" }"},
    {"E0303", "An unknown interface",
     "The interfaces that links make are called eth0, eth1, ... in the order of the links' names.",
     "pair { a: \"alice\" b: \"bob\" }\ncapture { node: \"alice\" interface: \"eth1\" }",
     "pair { a: \"alice\" b: \"bob\" }\ncapture { node: \"alice\" interface: \"eth0\" }"},
    {"E0304", "Two nodes of one name",
     "Names of nodes are unique, those of a group's members (\"client\" and a number) included.",
     "node { name: \"a\" }\nnode { name: \"a\" }", "node { name: \"a\" }"},
    {"E0305", "Two links of one name",
     "A link without a name is called after its nodes, so that a second one between them has to be "
     "named.",
     "node { name: \"a\" }\nnode { name: \"b\" }\nlink { a: \"a\" b: \"b\" }\nlink { a: \"a\" b: "
     "\"b\" }",
     "node { name: \"a\" }\nnode { name: \"b\" }\nlink { a: \"a\" b: \"b\" }\n"
     "link { a: \"a\" b: \"b\" name: \"spare\" }"},
    {"E0306", "An address that two interfaces share",
     "Every interface address in a scenario is unique. Leave `address` out to have one assigned.",
     "node { name: \"a\" interface { name: \"eth0\" address: \"10.0.1.1/24\" } }\n"
     "node { name: \"b\" interface { name: \"eth0\" address: \"10.0.1.1/24\" } }\n"
     "link { a: \"a/eth0\" b: \"b/eth0\" }",
     "node { name: \"a\" interface { name: \"eth0\" address: \"10.0.1.1/24\" } }\n"
     "node { name: \"b\" interface { name: \"eth0\" address: \"10.0.1.2/24\" } }\n"
     "link { a: \"a/eth0\" b: \"b/eth0\" }"},
    {"E0307", "A destination that cannot be reached",
     "No chain of links leads there, or a node on the way does not forward packets. Hosts do not "
     "forward; routers (`router: true`) do.",
     "star { hub: \"m\" leaf: [\"a\", \"b\"] }\n"
     "at { time: \"0s\" node: \"a\" action { udp_send { to: \"b\" } } }",
     "star { hub: \"m\" hub_is_router: true leaf: [\"a\", \"b\"] }\n"
     "at { time: \"0s\" node: \"a\" action { udp_send { to: \"b\" } } }"},
    {"E0308", "A link from a node to itself", "A link has two different nodes at its ends.",
     "node { name: \"a\" }\nlink { a: \"a\" b: \"a\" }",
     "node { name: \"a\" }\nnode { name: \"b\" }\nlink { a: \"a\" b: \"b\" }"},
    {"E0309", "An interface with two links",
     "Links are point to point: one for each interface. An end that names the node only gets an "
     "interface of its own.",
     "node { name: \"a\" }\nnode { name: \"b\" }\nnode { name: \"c\" }\n"
     "link { a: \"a/eth0\" b: \"b\" }\nlink { a: \"a/eth0\" b: \"c\" }",
     "node { name: \"a\" }\nnode { name: \"b\" }\nnode { name: \"c\" }\n"
     "link { a: \"a\" b: \"b\" }\nlink { a: \"a\" b: \"c\" }"},
    {"E0310", "A node without the role for it",
     "Only a node with a SIP user agent can call or be called, and so on.",
     "node { name: \"a\" role { sip_ua { } } }\npair { a: \"a\" b: \"b\" }\n"
     "at { time: \"0s\" node: \"a\" action { sip_call { to: \"b\" } } }",
     "node { name: \"a\" role { sip_ua { } } }\nnode { name: \"b\" role { sip_ua { } } }\n"
     "pair { a: \"a\" b: \"b\" }\nat { time: \"0s\" node: \"a\" action { sip_call { to: \"b\" } } "
     "}"},
    {"E0311", "An expectation that contradicts itself",
     "It says how often in two ways, or speaks of a time after the end of the run, or uses a field "
     "that means nothing beside the others.",
     "pair { a: \"a\" b: \"b\" }\nexpect { node: \"a\" sends: \"\" count: 2 never: true }",
     "pair { a: \"a\" b: \"b\" }\nexpect { node: \"a\" sends: \"\" never: true }"},
    {"E0312", "A file that cannot be read",
     "Files named in a scenario are looked for from the scenario's own folder.",
     "pair { a: \"a\" b: \"b\" link { both { rate_trace { file: \"no-such-file\" } } } }", ""},
    {"E0314", "A shorthand's link with ends of its own",
     "Inside a shorthand, `link` (or `access`, `trunk`, ...) is a pattern for rate, delay, mtu, "
     "queue "
     "and effects.",
     "pair { a: \"a\" b: \"b\" link { a: \"a\" } }", "pair { a: \"a\" b: \"b\" }"},
    {"E0315", "An empty stretch of time", "`from` lies before `until`.",
     "pair { a: \"a\" b: \"b\" link { both { outage { from: \"2s\" until: \"1s\" } } } }",
     "pair { a: \"a\" b: \"b\" link { both { outage { from: \"1s\" until: \"2s\" } } } }"},
    {"E0316", "An MTU too small for IPv6", "IPv6 needs links of at least 1280 bytes (RFC 8200 §5).",
     "ip: IPV6\nnode { name: \"a\" }\nnode { name: \"b\" }\nlink { a: \"a\" b: \"b\" mtu: 576 }",
     "ip: IPV6\nnode { name: \"a\" }\nnode { name: \"b\" }\nlink { a: \"a\" b: \"b\" mtu: 1280 }"},
    {"E0317", "A group where one node is meant",
     "The name of a group stands for all of its nodes; only a star and the sides of a dumbbell "
     "take "
     "many.",
     "node { name: \"c\" count: 2 }\npair { a: \"c\" b: \"b\" }",
     "node { name: \"c\" count: 2 }\nstar { hub: \"b\" leaf: \"c\" }"},
    {"E0318", "Two interfaces of one name", "Names of interfaces are unique on their node.",
     "node { name: \"a\" interface { name: \"eth0\" } interface { name: \"eth0\" } }",
     "node { name: \"a\" interface { name: \"eth0\" } interface { name: \"eth1\" } }"},
    {"E0319", "An action of nobody", "An action says which node does it.",
     "pair { a: \"a\" b: \"b\" }\nat { time: \"0s\" action { udp_send { to: \"b\" } } }",
     "pair { a: \"a\" b: \"b\" }\nat { time: \"0s\" node: \"a\" action { udp_send { to: \"b\" } } "
     "}"},
    {"E0320", "A least value above the greatest", "`min` is not above `max`.",
     "node { name: \"a\" }\nnode { name: \"b\" }\nlink { a: \"a\" b: \"b\" both { jitter { delay { "
     "uniform { min: \"3ms\" max: \"2ms\" } } } } }",
     "node { name: \"a\" }\nnode { name: \"b\" }\nlink { a: \"a\" b: \"b\" both { jitter { delay { "
     "uniform { min: \"1ms\" max: \"2ms\" } } } } }"},
    {"E0321", "A property that a direction can have only once",
     "A direction has one rate, one delay and one queue. `rate_change` and `rate_trace` vary the "
     "rate over time.",
     "node { name: \"a\" }\nnode { name: \"b\" }\n"
     "link { a: \"a\" b: \"b\" a_to_b { rate: \"1Mbps\" } a_to_b { rate: \"2Mbps\" } }",
     "node { name: \"a\" }\nnode { name: \"b\" }\nlink { a: \"a\" b: \"b\" a_to_b { rate: "
     "\"1Mbps\" } "
     "a_to_b { rate_change { at: \"1s\" rate: \"2Mbps\" } } }"},
    {"E0322", "No network left for a link",
     "Links without addresses get networks from 10.0.0.0/8. The addresses that the file states "
     "leave "
     "no room there: their prefixes are too short.",
     "node { name: \"a\" interface { name: \"eth0\" address: \"10.0.0.1/8\" } }\n"
     "chain { from: \"a\" to: \"b\" }",
     "node { name: \"a\" interface { name: \"eth0\" address: \"10.0.0.1/24\" } }\n"
     "chain { from: \"a\" to: \"b\" }"},
    {"E0401", "A match expression that cannot be read",
     "Tests such as sip.status==200, joined by && and ||, turned by !, grouped by ( ). A test is a "
     "field, an operator (== != < <= > >= contains, or `in {a, b}`) and a value, or a field alone.",
     "pair { a: \"a\" b: \"b\" }\nexpect { sends: \"sip.status = 200\" }",
     "pair { a: \"a\" b: \"b\" }\nexpect { sends: \"sip.status == 200\" }"},
    {"E0402", "An unknown field in a match expression",
     "Fields are named as in `tickwire explain fields`: ip.src, udp.dstport, sip.status, "
     "cseq.method.",
     "pair { a: \"a\" b: \"b\" }\nexpect { sends: \"sip.staus==200\" }",
     "pair { a: \"a\" b: \"b\" }\nexpect { sends: \"sip.status==200\" }"},
    {"E0403", "A match expression that compares unlike things",
     "Numbers compare with numbers and durations, text with text; only numbers have an order.",
     "pair { a: \"a\" b: \"b\" }\nexpect { sends: \"sip.status==OK\" }",
     "pair { a: \"a\" b: \"b\" }\nexpect { sends: \"sip.status==200\" }"},
    {"E0404", "A match expression that is too large",
     "At most 4,096 bytes, 1,000 tests and 64 nested parentheses.", "", ""},
    {"E0501", "An assignment to something that is not there",
     "The path of `--set path=value` names fields as the file does, joined by dots: seed, "
     "link[0].both.loss, node[alice].role.sip_ua.t1.",
     "", ""},
    {"E0502", "An assignment to an element that is not there",
     "Elements of a list are counted from 0, or called by name: node[1], node[alice], "
     "link[alice-bob]. Nodes and links that a shorthand makes are reached through the shorthand: "
     "pair.link.delay=5ms.",
     "", ""},
    {"E0503", "An assignment without a value", "Write `--set path=value`.", "", ""},
    {"E0901", "A file too large",
     "Scenario files have at most 16 MiB. Groups (`count`) and shorthands make many nodes out of "
     "few "
     "lines.",
     "", ""},
    {"E0902", "Blocks nested too deep", "At most 64 levels.", "", ""},
    {"E0903", "Too many errors",
     "After 100 errors the rest is left unsaid: much of it would be an echo of the first ones.", "",
     ""},
    {"E0904", "Too many nodes, links or actions",
     "A scenario has at most 1,000,000 nodes, 2,000,000 links and 2,000,000 actions after "
     "expansion.",
     "", ""},
    {"E0905", "Too many values",
     "A scenario file holds at most 1,000,000 values. Groups (`count`) and shorthands make many "
     "nodes "
     "out of few lines.",
     "", ""},
    {"W0601", "A node that no link leads to",
     "It can neither send nor receive anything. Perhaps a link names another node by mistake.",
     "pair { a: \"a\" b: \"b\" }\nnode { name: \"c\" }", "pair { a: \"a\" b: \"b\" }"},
    {"W0602", "An action after the end of the run",
     "It will not happen: `stop_at` comes before it.",
     "stop_at: \"1s\"\npair { a: \"a\" b: \"b\" }\nat { time: \"2s\" link_down: \"a-b\" }",
     "stop_at: \"3s\"\npair { a: \"a\" b: \"b\" }\nat { time: \"2s\" link_down: \"a-b\" }"},
};

std::string Indented(absl::string_view text) {
  std::string out;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::StrAppend(&out, "    ", line, "\n");
  }
  return out;
}

std::string Wrapped(absl::string_view text) {
  std::string out;
  size_t column = 0;
  for (const absl::string_view word : absl::StrSplit(text, ' ')) {
    if (column > 0 && column + 1 + word.size() > 90) {
      out += "\n";
      column = 0;
    }
    absl::StrAppend(&out, column > 0 ? " " : "", word);
    column += word.size() + (column > 0 ? 1 : 0);
  }
  return out + "\n";
}

}  // namespace

std::span<const ErrorEntry> ErrorCatalogue() { return kEntries; }

const ErrorEntry* FindError(absl::string_view id) {
  const auto it = std::find_if(std::begin(kEntries), std::end(kEntries),
                               [&](const ErrorEntry& entry) { return entry.id == id; });
  return it == std::end(kEntries) ? nullptr : it;
}

std::string ExplainError(const ErrorEntry& entry) {
  std::string out = absl::StrCat(entry.id, ": ", entry.title, "\n\n", Wrapped(entry.explanation));
  if (!entry.wrong.empty()) absl::StrAppend(&out, "\nWrong:\n\n", Indented(entry.wrong));
  if (!entry.right.empty()) absl::StrAppend(&out, "\nRight:\n\n", Indented(entry.right));
  return out;
}

}  // namespace tickwire
