#include "protocols/sctp/association/init_info.h"

#include <algorithm>

#include "protocols/sctp/packet/chunk/asconf_ack_chunk.h"
#include "protocols/sctp/packet/chunk/asconf_chunk.h"
#include "protocols/sctp/packet/chunk/auth_chunk.h"
#include "protocols/sctp/packet/chunk/forward_tsn_chunk.h"
#include "protocols/sctp/packet/chunk/i_data_chunk.h"
#include "protocols/sctp/packet/chunk/i_forward_tsn_chunk.h"
#include "protocols/sctp/packet/chunk/re_config_chunk.h"
#include "protocols/sctp/packet/parameter/adaptation_layer_parameter.h"
#include "protocols/sctp/packet/parameter/address_parameter.h"
#include "protocols/sctp/packet/parameter/chunk_list_parameter.h"
#include "protocols/sctp/packet/parameter/cookie_preservative_parameter.h"
#include "protocols/sctp/packet/parameter/forward_tsn_supported_parameter.h"
#include "protocols/sctp/packet/parameter/hmac_algorithm_parameter.h"
#include "protocols/sctp/packet/parameter/host_name_address_parameter.h"
#include "protocols/sctp/packet/parameter/padding_parameter.h"
#include "protocols/sctp/packet/parameter/random_parameter.h"
#include "protocols/sctp/packet/parameter/set_primary_address_parameter.h"
#include "protocols/sctp/packet/parameter/state_cookie_parameter.h"
#include "protocols/sctp/packet/parameter/supported_address_types_parameter.h"
#include "protocols/sctp/packet/parameter/supported_extensions_parameter.h"
#include "protocols/sctp/packet/parameter/unrecognized_parameter.h"

namespace tickwire::sctp {
namespace {

constexpr size_t kMaxAddresses = 64;      // more are not believed
constexpr uint16_t kEcnCapable = 0x8000;  // reserved by RFC 9260; older stacks send it

void ReadExtensions(const SupportedExtensionsParameter& extensions, Capabilities& capabilities) {
  const auto has = [&](uint8_t type) {
    return std::find(extensions.types.begin(), extensions.types.end(), type) !=
           extensions.types.end();
  };
  if (has(ForwardTsnChunk::kType)) capabilities.partial_reliability = true;
  capabilities.stream_reconfiguration = has(ReConfigChunk::kType);
  capabilities.interleaving = has(IDataChunk::kType);
  capabilities.dynamic_addresses = has(AsconfChunk::kType) && has(AsconfAckChunk::kType);
  capabilities.authentication = has(AuthChunk::kType);
}

enum class Known { kYes, kNo, kMalformed };

void Keep(std::vector<uint8_t>& out, const ParameterView& parameter) {
  out.assign(parameter.whole.begin(), parameter.whole.end());
}

Known ReadParameter(const ParameterView& view, InitInfo& info) {
  const auto checked = [](bool ok) { return ok ? Known::kYes : Known::kMalformed; };
  switch (view.type) {
    case kIpv4AddressParameter:
    case kIpv6AddressParameter: {
      const std::optional<IpAddress> address = ReadAddressParameter(view);
      if (address && info.addresses.size() < kMaxAddresses &&
          std::find(info.addresses.begin(), info.addresses.end(), *address) ==
              info.addresses.end()) {
        info.addresses.push_back(*address);
      }
      return checked(address.has_value());
    }
    case StateCookieParameter::kType:
      info.cookie.assign(view.value.begin(), view.value.end());
      return Known::kYes;
    case CookiePreservativeParameter::kType: {
      const auto parameter = CookiePreservativeParameter::Parse(view);
      if (parameter) info.cookie_life_increment_ms = parameter->life_span_increment;
      return checked(parameter.has_value());
    }
    case HostNameAddressParameter::kType:
      info.has_host_name = true;
      return Known::kYes;
    case SupportedAddressTypesParameter::kType: {
      const auto parameter = SupportedAddressTypesParameter::Parse(view);
      if (parameter) info.supported_address_types = parameter->types;
      return checked(parameter.has_value());
    }
    case UnrecognizedParameter::kType:
    case PaddingParameter::kType:
    case SetPrimaryAddressParameter::kType:
    case kEcnCapable:
      return Known::kYes;
    case SupportedExtensionsParameter::kType: {
      const auto parameter = SupportedExtensionsParameter::Parse(view);
      if (parameter) ReadExtensions(*parameter, info.capabilities);
      return checked(parameter.has_value());
    }
    case ForwardTsnSupportedParameter::kType:
      info.capabilities.partial_reliability = true;
      return Known::kYes;
    case AdaptationLayerParameter::kType: {
      const auto parameter = AdaptationLayerParameter::Parse(view);
      if (parameter) info.adaptation_indication = parameter->indication;
      return checked(parameter.has_value());
    }
    case RandomParameter::kType:
      Keep(info.random, view);
      return Known::kYes;
    case ChunkListParameter::kType: {
      const auto parameter = ChunkListParameter::Parse(view);
      if (parameter) {
        Keep(info.chunk_list, view);
        info.authenticated_chunks = parameter->types;
      }
      return checked(parameter.has_value());
    }
    case HmacAlgorithmParameter::kType: {
      const auto parameter = HmacAlgorithmParameter::Parse(view);
      if (parameter) {
        Keep(info.hmac_algorithms, view);
        info.hmac_ids = parameter->ids;
      }
      return checked(parameter.has_value());
    }
    default:
      return Known::kNo;
  }
}

}  // namespace

Capabilities Capabilities::Of(const SctpConfig& config) {
  return {.partial_reliability = config.partial_reliability,
          .stream_reconfiguration = config.stream_reconfiguration,
          .interleaving = config.interleaving,
          .dynamic_addresses = config.dynamic_addresses,
          .authentication = config.authentication || config.dynamic_addresses};
}

Capabilities Capabilities::And(const Capabilities& other) const {
  Capabilities both{
      .partial_reliability = partial_reliability && other.partial_reliability,
      .stream_reconfiguration = stream_reconfiguration && other.stream_reconfiguration,
      .interleaving = interleaving && other.interleaving,
      .dynamic_addresses = dynamic_addresses && other.dynamic_addresses,
      .authentication = authentication && other.authentication};
  both.dynamic_addresses = both.dynamic_addresses && both.authentication;
  return both;
}

std::optional<InitInfo> InitInfo::Read(std::span<const uint8_t> chunk_value) {
  InitInfo info;
  info.size = chunk_value.size();
  ValueReader reader(chunk_value);
  info.initiate_tag = VerificationTag{reader.Take32()};
  info.a_rwnd = reader.Take32();
  info.outbound_streams = reader.Take16();
  info.inbound_streams = reader.Take16();
  info.initial_tsn = Tsn{reader.Take32()};
  if (!reader.ok()) return std::nullopt;
  std::span<const uint8_t> rest = reader.TakeRest();
  while (!rest.empty()) {
    const std::optional<ParameterView> parameter = TakeParameter(rest);
    if (!parameter) return std::nullopt;
    const Known known = ReadParameter(*parameter, info);
    if (known == Known::kMalformed) return std::nullopt;
    if (known == Known::kYes) continue;
    // Section 3.2.1: bit 14 asks for a report, bit 15 to go on.
    if ((parameter->type & 0x4000) != 0) {
      info.unrecognized.insert(info.unrecognized.end(), parameter->whole.begin(),
                               parameter->whole.end());
      info.unrecognized.resize(Padded(info.unrecognized.size()));
    }
    if ((parameter->type & 0x8000) == 0) break;
  }
  return info;
}

std::vector<uint8_t> AuthenticatedChunks(const SctpConfig& config) {
  std::vector<uint8_t> types = config.authenticated_chunks;
  if (config.dynamic_addresses) {  // RFC 5061 section 4.2.7
    types.push_back(AsconfChunk::kType);
    types.push_back(AsconfAckChunk::kType);
  }
  return types;
}

std::vector<uint8_t> AuthParameters(const SctpConfig& config, std::span<const uint8_t> random) {
  std::vector<uint8_t> out;
  RandomParameter{.random = random}.SerializeTo(out);
  ChunkListParameter{.types = AuthenticatedChunks(config)}.SerializeTo(out);
  HmacAlgorithmParameter{.ids = {3, 1}}.SerializeTo(out);
  return out;
}

std::vector<uint8_t> AuthKeyVector(const SctpConfig& config, std::span<const uint8_t> random) {
  const std::vector<uint8_t> parameters = AuthParameters(config, random);
  std::vector<uint8_t> vector;
  std::span<const uint8_t> rest = parameters;
  while (const std::optional<ParameterView> one = TakeParameter(rest)) {
    vector.insert(vector.end(), one->whole.begin(), one->whole.end());
  }
  return vector;
}

void WriteInitParameters(const SctpConfig& config, const OwnInit& own, bool is_init,
                         std::vector<uint8_t>& out) {
  for (const IpAddress& address : own.addresses) WriteAddressParameter(address, out);
  if (is_init) {
    SupportedAddressTypesParameter{.types = {kIpv4AddressParameter, kIpv6AddressParameter}}
        .SerializeTo(out);
  }
  const Capabilities offered = Capabilities::Of(config);
  if (offered.partial_reliability) ForwardTsnSupportedParameter().SerializeTo(out);
  SupportedExtensionsParameter extensions;
  if (offered.partial_reliability) extensions.types.push_back(ForwardTsnChunk::kType);
  if (offered.stream_reconfiguration) extensions.types.push_back(ReConfigChunk::kType);
  if (offered.interleaving) {
    extensions.types.push_back(IDataChunk::kType);
    if (offered.partial_reliability) extensions.types.push_back(IForwardTsnChunk::kType);
  }
  if (offered.dynamic_addresses) {
    extensions.types.push_back(AsconfChunk::kType);
    extensions.types.push_back(AsconfAckChunk::kType);
  }
  if (offered.authentication) extensions.types.push_back(AuthChunk::kType);
  if (!extensions.types.empty()) extensions.SerializeTo(out);
  if (config.has_adaptation_indication) {
    AdaptationLayerParameter{.indication = config.adaptation_indication}.SerializeTo(out);
  }
  if (offered.authentication) {
    const std::vector<uint8_t> parameters = AuthParameters(config, own.random);
    out.insert(out.end(), parameters.begin(), parameters.end());
  }
}

}  // namespace tickwire::sctp
