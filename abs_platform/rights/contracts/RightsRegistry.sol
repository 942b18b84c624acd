// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Which rights are registered, confirmed, pledged and settled, shared by the platforms of a consortium: a right has one
/// pledge at a time, and what a right is made of (its invoices, its order) backs one pledge at a time on whichever
/// platform. Only digests come here: of rights and pledges under each platform's own key, of what they are made of
/// (fingerprints) under the consortium's key. Who holds that key and the same invoice learns that it is taken.
///
/// A right belongs to the account that registered it; nobody else changes it. Each function may be repeated: what is so
/// already is left so. The name of a pledge serves once, so that a late repetition cannot pledge again what was released.
///
/// `carryOut` does many steps in one transaction. A refused step changes nothing and stops no other; the event tells which
/// were refused and why. Whoever sends it names how many transactions of the account were carried out before, so that one
/// that is repeated counts once.
contract RightsRegistry {
    enum Kind {
        Register,
        Attest,
        Pledge,
        Release,
        Settle,
        Claim
    }

    /// `value`: of Attest the rung, of Pledge and Release the pledge. `fingerprints`: of Pledge and Claim.
    struct Step {
        Kind kind;
        bytes32 right;
        bytes32 value;
        bytes32[] fingerprints;
    }

    /// `claims`: how many fingerprints are the right's now. `pledge`: the active one, zero when there is none.
    struct Right {
        address platform;
        uint8 rung;
        bool settled;
        uint32 claims;
        bytes32 pledge;
    }

    uint256 public constant HIGHEST_RUNG = 5;
    bytes4 private constant CARRIED = 0;

    /// Admits the consortium's platforms.
    address public owner;
    /// The account that may take over as owner, once it says so itself; zero when none is named.
    address public successor;
    mapping(address platform => bool) public admitted;
    /// How many transactions of steps an account has carried out.
    mapping(address platform => uint256) public carried;

    mapping(bytes32 right => Right) private _rights;
    mapping(bytes32 fingerprint => bytes32 right) private _claims;
    mapping(bytes32 right => mapping(bytes32 pledge => bool)) private _pledges;
    mapping(address platform => bytes32[]) private _registered;

    event OwnerChanged(address indexed previous, address indexed owner);
    event SuccessorNamed(address indexed owner, address indexed successor);
    event Admitted(address indexed platform, bool admitted);
    event Registered(bytes32 indexed right, address indexed platform);
    event Attested(bytes32 indexed right, uint8 previous, uint8 rung);
    event Pledged(bytes32 indexed right, bytes32 indexed pledge);
    event Claimed(bytes32 indexed right, bytes32 indexed fingerprint);
    event Released(bytes32 indexed right, bytes32 indexed pledge);
    event Settled(bytes32 indexed right);
    /// One entry for each step: zero, or the selector of the error that it was refused with.
    event CarriedOut(address indexed platform, uint256 indexed number, bytes4[] refusals);

    error NotOwner();
    error NotSuccessor();
    /// The owner has not admitted this account. It may still release and settle what it registered.
    error NotAdmitted();
    /// `count` transactions of this account were carried out, so the next one is number `count`, not `expected`.
    error UnexpectedNumber(uint256 expected, uint256 count);
    error NotRegistered();
    /// The right belongs to another platform's account.
    error NotRegistrar();
    error UnknownRung();
    /// Another pledge of the right is active.
    error AlreadyPledged();
    /// This pledge of the right was released.
    error PledgeSpent();
    /// The pledge never was of this right.
    error NotPledged();
    error AlreadySettled();
    /// A fingerprint backs another right that is pledged or settled.
    error Taken();
    error NothingClaimed();

    constructor(address owner_) {
        owner = owner_;
        emit OwnerChanged(address(0), owner_);
    }

    // --- the consortium

    function admit(address platform) external {
        if (msg.sender != owner) revert NotOwner();
        admitted[platform] = true;
        emit Admitted(platform, true);
    }

    function dismiss(address platform) external {
        if (msg.sender != owner) revert NotOwner();
        admitted[platform] = false;
        emit Admitted(platform, false);
    }

    /// First step of a hand-over: name the account that may take over. Zero takes the name back.
    function nameSuccessor(address successor_) external {
        if (msg.sender != owner) revert NotOwner();
        successor = successor_;
        emit SuccessorNamed(msg.sender, successor_);
    }

    /// Second step: the named account takes over, which proves that somebody holds its key.
    function takeOver() external {
        if (msg.sender != successor) revert NotSuccessor();
        emit OwnerChanged(owner, msg.sender);
        owner = msg.sender;
        successor = address(0);
    }

    // --- steps, one by one

    function register(bytes32 right) external {
        _demand(_register(right));
    }

    /// The rung of the confirmation ladder that the right stands on now, 0 to 5.
    function attest(bytes32 right, uint8 rung) external {
        _demand(_attest(right, bytes32(uint256(rung))));
    }

    function pledge(bytes32 right, bytes32 pledge_, bytes32[] calldata fingerprints) external {
        _demand(_pledge(right, pledge_, fingerprints));
    }

    function claim(bytes32 right, bytes32[] calldata fingerprints) external {
        _demand(_claim(right, fingerprints));
    }

    function release(bytes32 right, bytes32 pledge_) external {
        _demand(_release(right, pledge_));
    }

    /// Paid in full: the right is never pledged again, and what it is made of stays taken.
    function settle(bytes32 right) external {
        _demand(_settle(right));
    }

    // --- many steps at once

    function carryOut(uint256 expected, Step[] calldata steps) external {
        uint256 number = carried[msg.sender];
        if (number != expected) revert UnexpectedNumber(expected, number);
        carried[msg.sender] = number + 1;
        bytes4[] memory refusals = new bytes4[](steps.length);
        for (uint256 i = 0; i < steps.length; i++) {
            refusals[i] = _step(steps[i]);
        }
        emit CarriedOut(msg.sender, number, refusals);
    }

    // --- reading

    function state(bytes32[] calldata rights) external view returns (Right[] memory found) {
        found = new Right[](rights.length);
        for (uint256 i = 0; i < rights.length; i++) {
            found[i] = _rights[rights[i]];
        }
    }

    /// Whether each fingerprint backs a right that is pledged or settled, other than `right`.
    function taken(bytes32 right, bytes32[] calldata fingerprints) external view returns (bool[] memory found) {
        found = new bool[](fingerprints.length);
        for (uint256 i = 0; i < fingerprints.length; i++) {
            found[i] = _isTaken(right, fingerprints[i]);
        }
    }

    /// Which right each fingerprint is claimed for, zero for none.
    function claimants(bytes32[] calldata fingerprints) external view returns (bytes32[] memory found) {
        found = new bytes32[](fingerprints.length);
        for (uint256 i = 0; i < fingerprints.length; i++) {
            found[i] = _claims[fingerprints[i]];
        }
    }

    /// How many rights a platform has registered.
    function count(address platform) external view returns (uint256) {
        return _registered[platform].length;
    }

    /// A platform's rights from the one numbered `first` on, `most` at most, in the order of their registration.
    function registered(address platform, uint256 first, uint256 most) external view returns (bytes32[] memory found) {
        uint256 length = _registered[platform].length;
        if (first >= length) return new bytes32[](0);
        uint256 end = most < length - first ? first + most : length;
        found = new bytes32[](end - first);
        for (uint256 i = first; i < end; i++) {
            found[i - first] = _registered[platform][i];
        }
    }

    // --- the steps themselves: zero when it is so now, else the selector of the error

    function _step(Step calldata step) private returns (bytes4) {
        if (step.kind == Kind.Register) return _register(step.right);
        if (step.kind == Kind.Attest) return _attest(step.right, step.value);
        if (step.kind == Kind.Pledge) return _pledge(step.right, step.value, step.fingerprints);
        if (step.kind == Kind.Release) return _release(step.right, step.value);
        if (step.kind == Kind.Settle) return _settle(step.right);
        return _claim(step.right, step.fingerprints);
    }

    function _register(bytes32 right) private returns (bytes4) {
        if (!admitted[msg.sender]) return NotAdmitted.selector;
        address platform = _rights[right].platform;
        if (platform == msg.sender) return CARRIED;
        if (platform != address(0)) return NotRegistrar.selector;
        _rights[right].platform = msg.sender;
        _registered[msg.sender].push(right);
        emit Registered(right, msg.sender);
        return CARRIED;
    }

    function _attest(bytes32 right, bytes32 value) private returns (bytes4) {
        bytes4 refusal = _mayAdd(right);
        if (refusal != CARRIED) return refusal;
        if (uint256(value) > HIGHEST_RUNG) return UnknownRung.selector;
        uint8 rung = uint8(uint256(value));
        uint8 previous = _rights[right].rung;
        if (previous == rung) return CARRIED;
        _rights[right].rung = rung;
        emit Attested(right, previous, rung);
        return CARRIED;
    }

    function _pledge(bytes32 right, bytes32 pledge_, bytes32[] calldata fingerprints) private returns (bytes4) {
        bytes4 refusal = _mayAdd(right);
        if (refusal != CARRIED) return refusal;
        if (pledge_ == 0) return NotPledged.selector;
        Right storage found = _rights[right];
        if (found.settled) return AlreadySettled.selector;
        if (found.pledge != 0 && found.pledge != pledge_) return AlreadyPledged.selector;
        if (found.pledge == 0 && _pledges[right][pledge_]) return PledgeSpent.selector;
        if (_isAnyTaken(right, fingerprints)) return Taken.selector;
        if (found.pledge == 0) {
            found.pledge = pledge_;
            _pledges[right][pledge_] = true;
            emit Pledged(right, pledge_);
        }
        _take(right, fingerprints);
        return CARRIED;
    }

    function _claim(bytes32 right, bytes32[] calldata fingerprints) private returns (bytes4) {
        bytes4 refusal = _mayAdd(right);
        if (refusal != CARRIED) return refusal;
        if (fingerprints.length == 0) return NothingClaimed.selector;
        if (_isAnyTaken(right, fingerprints)) return Taken.selector;
        _take(right, fingerprints);
        return CARRIED;
    }

    function _release(bytes32 right, bytes32 pledge_) private returns (bytes4) {
        bytes4 refusal = _isOurs(right);
        if (refusal != CARRIED) return refusal;
        if (!_pledges[right][pledge_]) return NotPledged.selector;
        if (_rights[right].pledge != pledge_) return CARRIED;
        _rights[right].pledge = 0;
        emit Released(right, pledge_);
        return CARRIED;
    }

    function _settle(bytes32 right) private returns (bytes4) {
        bytes4 refusal = _isOurs(right);
        if (refusal != CARRIED) return refusal;
        if (_rights[right].settled) return CARRIED;
        _rights[right].settled = true;
        emit Settled(right);
        return CARRIED;
    }

    function _isOurs(bytes32 right) private view returns (bytes4) {
        address platform = _rights[right].platform;
        if (platform == msg.sender) return CARRIED;
        return platform == address(0) ? NotRegistered.selector : NotRegistrar.selector;
    }

    function _mayAdd(bytes32 right) private view returns (bytes4) {
        return admitted[msg.sender] ? _isOurs(right) : NotAdmitted.selector;
    }

    function _isTaken(bytes32 right, bytes32 fingerprint) private view returns (bool) {
        bytes32 claimant = _claims[fingerprint];
        if (claimant == 0 || claimant == right) return false;
        return _rights[claimant].pledge != 0 || _rights[claimant].settled;
    }

    function _isAnyTaken(bytes32 right, bytes32[] calldata fingerprints) private view returns (bool) {
        for (uint256 i = 0; i < fingerprints.length; i++) {
            if (_isTaken(right, fingerprints[i])) return true;
        }
        return false;
    }

    function _take(bytes32 right, bytes32[] calldata fingerprints) private {
        for (uint256 i = 0; i < fingerprints.length; i++) {
            bytes32 claimant = _claims[fingerprints[i]];
            if (claimant == right) continue;
            if (claimant != 0) _rights[claimant].claims--;
            _claims[fingerprints[i]] = right;
            _rights[right].claims++;
            emit Claimed(right, fingerprints[i]);
        }
    }

    function _demand(bytes4 refusal) private pure {
        if (refusal == CARRIED) return;
        assembly {
            mstore(0, refusal)
            revert(0, 4)
        }
    }
}
