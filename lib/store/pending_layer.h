#ifndef CLEAT_LIB_STORE_PENDING_LAYER_H_
#define CLEAT_LIB_STORE_PENDING_LAYER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/store/layer_record.h"
#include "lib/store/paths.h"
#include "lib/sys/fd.h"

// A layer on its way into the store. It lies in a directory of its own,
// overlay2/cleat-tmp/CACHE/, locked by the process that makes it:
//
//   cleat-tmp/CACHE/layer/   becomes overlay2/CACHE/
//   cleat-tmp/CACHE/tar-split.json.gz    goes, if it is there, to
//   layerdb/tmp/cleat-CACHE/ becomes layerdb/sha256/CHAIN/, which commits
//
// A process that dies leaves its directory unlocked; RemoveStale, and the next
// Begin, removes it, with whatever of the layer had been moved into its place
// uncommitted.

namespace cleat::store {

class PendingLayer {
 public:
  // Removes what dead processes have left, then makes an empty layer.
  // kFailedPrecondition while a dockerd runs on the store.
  static absl::StatusOr<PendingLayer> Begin(const Paths& paths);
  // Only removes that; of a store that is missing, nothing. What cannot be
  // removed now is tried again the next time.
  static void RemoveStale(const Paths& paths);
  PendingLayer(PendingLayer&&) = default;
  PendingLayer& operator=(PendingLayer&&) = delete;
  // Removes the layer, unless it was committed.
  ~PendingLayer();

  // The directory to fill with the layer's files, in overlayfs form; its mode
  // is 0755.
  std::string diff() const;

  // Where the layer's tar-split.json.gz may be written, by which its archive
  // can be had back to the byte; Commit takes it into the store.
  std::string tar_split() const;

  // All that is there of the layer until it is committed, for a journal.
  std::string directory() const;

  // Completes the layer (link, lower, work, committed) and moves it into the
  // store. kAlreadyExists when the store has the layer by now: somebody else
  // was faster; kNotFound when it lacks the parent.
  //
  // Nothing is synced: a machine that loses power within seconds may lose the
  // layer's content, as with dockerd.
  absl::Status Commit(LayerRecord record);

 private:
  PendingLayer(const Paths& paths, std::string cache_id, sys::Fd lock,
               sys::Fd guard);

  absl::Status Complete(const std::string& parent) const;
  absl::Status MoveIntoPlace(const LayerRecord& record);

  Paths paths_;
  std::string cache_id_;
  // Not valid: moved from.
  sys::Fd lock_;
  // guard.h
  sys::Fd guard_;
};

}  // namespace cleat::store

#endif  // CLEAT_LIB_STORE_PENDING_LAYER_H_
