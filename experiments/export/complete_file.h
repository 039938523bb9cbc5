// CompleteFile: a file that appears under its name only when it is whole.
//
//   CompleteFile file(path);
//   file.out() << ...;
//   absl::Status status = file.Commit();   // without it the partial file is removed
#ifndef TICKWIRE_EXPERIMENTS_EXPORT_COMPLETE_FILE_H_
#define TICKWIRE_EXPERIMENTS_EXPORT_COMPLETE_FILE_H_

#include <fstream>
#include <string>

#include "absl/status/status.h"

namespace tickwire {

class CompleteFile {
 public:
  explicit CompleteFile(std::string path);
  CompleteFile(const CompleteFile&) = delete;
  CompleteFile& operator=(const CompleteFile&) = delete;
  ~CompleteFile();

  // For writers that open the file themselves.
  const std::string& partial_path() const { return partial_; }
  // Opened when first asked for.
  std::ofstream& out();
  absl::Status Commit();

 private:
  const std::string path_;
  const std::string partial_;
  std::ofstream out_;
  bool opened_ = false;
  bool committed_ = false;
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_EXPORT_COMPLETE_FILE_H_
