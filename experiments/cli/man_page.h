// The manual page tickwire(1), made from the command table.
#ifndef TICKWIRE_EXPERIMENTS_CLI_MAN_PAGE_H_
#define TICKWIRE_EXPERIMENTS_CLI_MAN_PAGE_H_

#include <string>

namespace tickwire::cli {

// In troff with the man macros. The same text on every call: it holds no date.
std::string ManPage();

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_MAN_PAGE_H_
