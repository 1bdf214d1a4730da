// MD5 (RFC 1321) under the names of OpenSSL, for tests of HumanEvalPack. The whole message is kept until the end.
#pragma once
#include <cmath>
#include <cstdint>
#include <string>
struct MD5_CTX {
  std::string message;
};
inline int MD5_Init(MD5_CTX *context) {
  context->message.clear();
  return 1;
}
inline int MD5_Update(MD5_CTX *context, const void *data, std::size_t length) {
  context->message.append(static_cast<const char *>(data), length);
  return 1;
}
inline int MD5_Final(unsigned char *digest, MD5_CTX *context) {
  static const int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  std::string text = context->message;
  const std::uint64_t bits = 8ULL * text.size();
  text += '\x80';
  while (text.size() % 64 != 56) text += '\0';
  for (int at = 0; at < 8; at++) text += static_cast<char>(bits >> (8 * at));
  std::uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t start = 0; start < text.size(); start += 64) {
    std::uint32_t words[16];
    for (int at = 0; at < 16; at++) {
      words[at] = 0;
      for (int part = 0; part < 4; part++)
        words[at] |= static_cast<std::uint32_t>(static_cast<unsigned char>(text[start + 4 * at + part])) << (8 * part);
    }
    std::uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (int step = 0; step < 64; step++) {
      const int round = step / 16;
      const std::uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                                  : round == 1 ? (d & b) | (~d & c)
                                  : round == 2 ? b ^ c ^ d
                                               : c ^ (b | ~d);
      const int word = round == 0 ? step : (round == 1 ? 5 * step + 1 : round == 2 ? 3 * step + 5 : 7 * step) % 16;
      const auto sine = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(step + 1.0)) * 4294967296.0));
      const std::uint32_t sum = a + mixed + sine + words[word];
      const int turn = turns[round][step % 4];
      a = d;
      d = c;
      c = b;
      b += (sum << turn) | (sum >> (32 - turn));
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
  for (int at = 0; at < 16; at++) digest[at] = static_cast<unsigned char>(state[at / 4] >> (8 * (at % 4)));
  return 1;
}
