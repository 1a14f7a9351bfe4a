//! Accounts and regions of a scan, and whether absence is an answer in them.

use globset::{Glob, GlobSet, GlobSetBuilder};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::{Problem, ProblemSeverity, Problems};
use value::declared::{Declared, Mode, Resource, Root, RootId, Spelling};
use value::{Identity, Kind, Value};

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

impl ScopeOptions {
    fn world(&self) -> OpenWorld {
        if self.external_baseline {
            let reason =
                "an external baseline may provide it (the configuration says `external_baseline = true`)";
            return OpenWorld::Open(SmolStr::new_static(reason));
        }
        if !self.complete {
            let reason = "the scan does not cover the whole account; scan the project root or configure `complete = true`";
            return OpenWorld::Open(SmolStr::new_static(reason));
        }
        OpenWorld::Complete
    }
}

/// Account and region of a resource.
pub(crate) type Places = (Option<AccountId>, Option<RegionId>);

/// Accounts and regions while they are found.
pub(crate) struct Scopes {
    accounts: Vec<Account>,
    by_key: FxHashMap<SmolStr, AccountId>,
    regions: FxHashMap<(AccountId, SmolStr), RegionId>,
    /// The account of each root; none for libraries.
    of_root: Vec<Option<AccountId>>,
    /// Region of the resources of each root that say nothing of it themselves.
    usual: FxHashMap<RootId, RegionId>,
    world: OpenWorld,
    pub(crate) problems: Problems,
}

impl Scopes {
    /// Finds the accounts of all roots.
    pub(crate) fn new(declared: &Declared, options: &ScopeOptions) -> Self {
        let mut scopes = Self {
            accounts: Vec::new(),
            by_key: FxHashMap::default(),
            regions: FxHashMap::default(),
            of_root: Vec::with_capacity(declared.roots.len()),
            usual: FxHashMap::default(),
            world: options.world(),
            problems: Problems::new(),
        };
        let configured = scopes.configured(options);
        let elsewhere = elsewhere(declared);
        for ((root, id), elsewhere) in declared.roots.iter().zip(0u32..).zip(elsewhere) {
            let account = (!root.library && !elsewhere).then(|| scopes.account_of_root(root, &configured));
            if let Some(account) = account {
                scopes.deploys(account, RootId(id));
            }
            scopes.of_root.push(account);
        }
        scopes
    }

    /// The configured names with their globs; a glob that cannot be read is left out and told.
    fn configured(&mut self, options: &ScopeOptions) -> Vec<(SmolStr, GlobSet)> {
        let mut configured = Vec::new();
        for (name, globs) in &options.accounts {
            let mut set = GlobSetBuilder::new();
            for text in globs {
                match Glob::new(text) {
                    Ok(glob) => drop(set.add(glob)),
                    Err(error) => self.problems.push(Problem::with_path(
                        ProblemSeverity::Warning,
                        "account-glob",
                        "",
                        format!("account {name}: `{text}` is no glob: {}", error.kind()),
                        "Name root folders with `*`, `**`, `?` and `[…]`, for example `infra/prod/*`.",
                    )),
                }
            }
            if let Ok(set) = set.build() {
                configured.push((name.clone(), set));
            }
        }
        configured
    }

    fn account_of_root(&mut self, root: &Root, configured: &[(SmolStr, GlobSet)]) -> AccountId {
        let named = configured.iter().find(|(_, globs)| globs.is_match(root.folder.as_str()));
        let (key, name) = match named {
            Some((name, _)) => (name.clone(), name.clone()),
            None => identity(root.account.as_ref()),
        };
        self.account(key, name)
    }

    fn account(&mut self, key: SmolStr, name: SmolStr) -> AccountId {
        let next = AccountId(u32::try_from(self.accounts.len()).unwrap_or(u32::MAX));
        let world = &self.world;
        let accounts = &mut self.accounts;
        *self.by_key.entry(key).or_insert_with(|| {
            accounts.push(Account { name, roots: Vec::new(), regions: Vec::new(), world: world.clone() });
            next
        })
    }

    /// Notes that a root deploys to an account.
    fn deploys(&mut self, account: AccountId, root: RootId) {
        if let Some(account) = self.accounts.get_mut(account.0 as usize)
            && !account.roots.contains(&root)
        {
            account.roots.push(root);
        }
    }

    /// Account and region of a resource.
    pub(crate) fn of(
        &mut self,
        resource: &Resource,
        declared: &Declared,
    ) -> (Option<AccountId>, Option<RegionId>) {
        let of_root = self.of_root.get(resource.root.0 as usize).copied().flatten();
        let Some(of_root) = of_root else { return (None, None) };
        let account = match &resource.account {
            Some(own) => {
                let (key, name) = identity(Some(own));
                let account = if key.is_empty() { of_root } else { self.account(key, name) };
                self.deploys(account, resource.root);
                account
            }
            None => of_root,
        };
        if resource.mode != Mode::Managed || !is_of_aws(resource, declared) {
            return (Some(account), None);
        }
        let usual = resource.region.is_none() && resource.account.is_none();
        if let Some(region) = self.usual.get(&resource.root).filter(|_| usual) {
            return (Some(account), Some(*region));
        }
        let (key, name) = identity(declared.region_of(resource));
        let region = self.region(account, key, name);
        if usual {
            self.usual.insert(resource.root, region);
        }
        (Some(account), Some(region))
    }

    fn region(&mut self, account: AccountId, key: SmolStr, name: SmolStr) -> RegionId {
        let next = RegionId(u32::try_from(self.regions.len()).unwrap_or(u32::MAX));
        let accounts = &mut self.accounts;
        *self.regions.entry((account, key)).or_insert_with(|| {
            if let Some(account) = accounts.get_mut(account.0 as usize) {
                account.regions.push((next, name));
            }
            next
        })
    }

    /// The accounts, those without a resource with the regions of their roots.
    pub(crate) fn finish(mut self, declared: &Declared) -> (Vec<Account>, Problems) {
        for id in (0..self.accounts.len()).filter_map(|at| u32::try_from(at).ok()).map(AccountId) {
            let empty = |account: &&Account| account.regions.is_empty();
            let Some(account) = self.accounts.get(id.0 as usize).filter(empty) else { continue };
            let region = |root: &RootId| {
                declared.roots.get(root.0 as usize).map(|root| identity(root.region.as_ref()))
            };
            let regions: Vec<_> = account.roots.iter().filter_map(region).collect();
            for (key, name) in regions {
                self.region(id, key, name);
            }
        }
        for account in &mut self.accounts {
            account.roots.sort_unstable();
        }
        (self.accounts, self.problems)
    }
}

/// Whether a resource is deployed to AWS: not those of other clouds, and not what other providers make up.
fn is_of_aws(resource: &Resource, declared: &Declared) -> bool {
    let root = declared.root_of(resource);
    // Types of Terraform start with the name of their provider.
    root.is_some_and(|root| root.language.spelling() == Spelling::CloudFormation)
        || matches!(resource.type_name.split('_').next(), Some("aws" | "awscc"))
}

/// For each root whether it deploys to other clouds only: such a root has no account of AWS.
fn elsewhere(declared: &Declared) -> Vec<bool> {
    let mut of_aws = vec![false; declared.roots.len()];
    let mut others = of_aws.clone();
    for resource in declared.resources.iter().filter(|resource| resource.mode == Mode::Managed) {
        let seen = if is_of_aws(resource, declared) { &mut of_aws } else { &mut others };
        if let Some(seen) = seen.get_mut(resource.root.0 as usize) {
            *seen = true;
        }
    }
    of_aws.iter().zip(others).map(|(of_aws, others)| others && !of_aws).collect()
}

/// What an account or a region is known by, and its name for reports: both empty if the source does not say.
fn identity(value: Option<&Value>) -> (SmolStr, SmolStr) {
    let Some(value) = value else { return Default::default() };
    match &value.kind {
        Kind::String(text) => (text.clone(), text.clone()),
        Kind::Number(number) => (number.to_string().into(), number.to_string().into()),
        Kind::Unknown(unknown) => match &unknown.identity {
            Some(identity) => (identity.text.clone(), Identity::shown(&identity.text).into()),
            None => Default::default(),
        },
        Kind::Reference(reference) => {
            let text = SmolStr::from(format!("{}.{}", reference.to, reference.attribute));
            (text.clone(), Identity::shown(&text).into())
        }
        _ => Default::default(),
    }
}
