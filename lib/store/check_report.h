#ifndef CLEAT_LIB_STORE_CHECK_REPORT_H_
#define CLEAT_LIB_STORE_CHECK_REPORT_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "lib/store/layer_use.h"
#include "lib/store/paths.h"
#include "lib/store/recover_layer.h"

namespace cleat::store {

// What a check has found wrong at one place of a store.
struct Finding {
  // Below the store's top.
  std::string path;
  std::string problem;
  // ImageIDs and containers that need what is wrong.
  std::vector<std::string> needed_by = {};
  // What can be done about it; empty for nothing.
  std::function<absl::Status()> repair = nullptr;
};

// What the parts of a check share.
struct CheckContext {
  const Paths& paths;
  // Whether to read the layers' files.
  bool deep = true;
  // As far as it can be read.
  LayerUse use = {};
  // By ChainID, of the images' layers.
  std::map<std::string, Origin> origins = {};
  // Layers' directories that were found again.
  std::set<std::string> recovered = {};
  std::vector<Finding> findings = {};
  // What was looked at, or left alone, and what cannot be checked.
  std::vector<std::string> notes = {};

  void Add(Finding finding) { findings.push_back(std::move(finding)); }
};

// The parts: names and configs; layers and their directories; containers'.
void CheckImages(CheckContext& context);
void CheckLayers(CheckContext& context);
void CheckMounts(CheckContext& context);

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_CHECK_REPORT_H_
