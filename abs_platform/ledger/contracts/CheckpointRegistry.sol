// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Keeps the checkpoints (size and root) of append-only Merkle logs, so that anybody can check a proof against a root
/// that its publisher can no longer change, and can read since when it stands.
///
/// A log is named by the SM3 digest of its origin. Checkpoints of a log are numbered from 0. Whoever publishes names the
/// number that the new checkpoint must get: a repeated transaction, or a second publisher who did not see the first one's,
/// is refused instead of adding a checkpoint twice. There is no function to change or remove one.
///
/// Beside the tree's size stands how many records the log had taken in by then, placed in the tree or not. Whoever reads
/// the chain from above sees a record that was taken in and never placed: the tree does not reach the count any more.
contract CheckpointRegistry {
    struct Checkpoint {
        bytes32 root;
        uint64 size;
        uint64 blockNumber;
        uint64 time;
        uint64 records;
    }

    /// The only account that may publish.
    address public publisher;
    /// The account that may take over as publisher, once it says so itself; zero when none is named.
    address public successor;

    mapping(bytes32 log => Checkpoint[]) private _checkpoints;

    event Published(bytes32 indexed log, uint256 indexed index, uint64 size, bytes32 root, uint64 records);
    event SuccessorNamed(address indexed publisher, address indexed successor);
    event PublisherChanged(address indexed previous, address indexed publisher);

    error NotPublisher(address sender);
    error NotSuccessor(address sender);
    /// The log has `count` checkpoints, so the next one is number `count`, not `expected`.
    error UnexpectedIndex(uint256 expected, uint256 count);
    /// A log only grows: the last checkpoint has `last` leaves, the refused one `size`.
    error SizeNotGrowing(uint64 size, uint64 last);
    /// A tree of `size` leaves holds that many records, and the refused checkpoint counts fewer.
    error FewerRecordsThanLeaves(uint64 records, uint64 size);

    constructor(address publisher_) {
        publisher = publisher_;
        emit PublisherChanged(address(0), publisher_);
    }

    /// Add a checkpoint. `expectedIndex` is the number of checkpoints that the publisher believes there are.
    function publish(bytes32 log, uint256 expectedIndex, uint64 size, bytes32 root, uint64 records) external {
        if (msg.sender != publisher) revert NotPublisher(msg.sender);
        Checkpoint[] storage checkpoints = _checkpoints[log];
        uint256 length = checkpoints.length;
        if (length != expectedIndex) revert UnexpectedIndex(expectedIndex, length);
        uint64 last = length == 0 ? 0 : checkpoints[length - 1].size;
        if (size <= last) revert SizeNotGrowing(size, last);
        if (records < size) revert FewerRecordsThanLeaves(records, size);
        checkpoints.push(Checkpoint(root, size, uint64(block.number), uint64(block.timestamp), records));
        emit Published(log, length, size, root, records);
    }

    /// How many checkpoints the log has.
    function count(bytes32 log) external view returns (uint256) {
        return _checkpoints[log].length;
    }

    /// Checkpoint `index` of the log, with the number and the time (Unix seconds) of the block that it came in, and the
    /// number of records that the log had taken in.
    function checkpoint(bytes32 log, uint256 index)
        external
        view
        returns (uint64 size, bytes32 root, uint64 blockNumber, uint64 time, uint64 records)
    {
        Checkpoint storage found = _checkpoints[log][index];
        return (found.size, found.root, found.blockNumber, found.time, found.records);
    }

    /// First step of a hand-over: name the account that may take over. Zero takes the name back.
    function nameSuccessor(address successor_) external {
        if (msg.sender != publisher) revert NotPublisher(msg.sender);
        successor = successor_;
        emit SuccessorNamed(msg.sender, successor_);
    }

    /// Second step: the named account takes over, which proves that somebody holds its key.
    function takeOver() external {
        if (msg.sender != successor) revert NotSuccessor(msg.sender);
        emit PublisherChanged(publisher, msg.sender);
        publisher = msg.sender;
        successor = address(0);
    }
}
