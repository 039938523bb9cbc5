#include "experiments/export/complete_file.h"

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire {

CompleteFile::CompleteFile(std::string path)
    : path_(std::move(path)), partial_(path_ + ".partial") {}

CompleteFile::~CompleteFile() {
  if (!committed_) std::remove(partial_.c_str());
}

std::ofstream& CompleteFile::out() {
  if (!opened_) {
    opened_ = true;
    out_.open(partial_, std::ios::binary | std::ios::trunc);
  }
  return out_;
}

absl::Status CompleteFile::Commit() {
  if (opened_) {
    out_.close();
    if (!out_) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path_));
  }
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path_));
  }
  committed_ = true;
  return absl::OkStatus();
}

}  // namespace tickwire
