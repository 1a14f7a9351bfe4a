//! Accounts and regions of a scan, and whether absence is an answer in them.

use smol_str::SmolStr;
use value::declared::RootId;

/// An account of the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub u32);

/// A region of an account of the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegionId(pub u32);

/// An account: what is known of it and which roots deploy to it.
#[derive(Debug, Clone)]
pub struct Account {
    /// What reports call it: the configured name, the account id, or empty for the one account that all roots share
    /// whose account the source does not say.
    pub name: SmolStr,
    /// The roots.
    pub roots: Vec<RootId>,
    /// Regions that its resources are deployed to; the empty name stands for the region that the source leaves open.
    pub regions: Vec<(RegionId, SmolStr)>,
    /// Whether absence is an answer.
    pub world: OpenWorld,
}

/// Whether what is absent from the scan may exist elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenWorld {
    /// The scan covers the account: what is absent is absent.
    Complete,
    /// It may exist elsewhere, for this reason.
    Open(SmolStr),
}

/// How the configuration sees the scan.
#[derive(Debug, Clone, Default)]
pub struct ScopeOptions {
    /// `[[account]]` of the configuration: name and globs of root folders.
    pub accounts: Vec<(SmolStr, Vec<SmolStr>)>,
    /// The scan covers its accounts (the project root is scanned, or `complete = true`).
    pub complete: bool,
    /// Account-level controls may be met by a baseline outside the scan (`external_baseline = true`).
    pub external_baseline: bool,
}
