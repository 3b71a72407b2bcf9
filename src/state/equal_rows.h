// EqualRows: the live occurrences of one row, oldest first, as a payload of a RowTable (zeroed:
// none). A retraction takes the oldest, as Flink does. `Node` has a member `Node* next_equal`.
#pragma once

namespace sluice {

template <typename Node>
struct EqualRows {
  Node* oldest;
  Node* newest;

  void Push(Node* node) {
    node->next_equal = nullptr;
    (oldest == nullptr ? oldest : newest->next_equal) = node;
    newest = node;
  }
  // Null when there is none.
  Node* Pop() {
    Node* node = oldest;
    if (node != nullptr) oldest = node->next_equal;
    return node;
  }
};

}  // namespace sluice
