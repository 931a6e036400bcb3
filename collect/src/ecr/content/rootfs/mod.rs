//! The root file system of an image: its layers laid over each other as runtimes lay them, and paths in it resolved as a
//! process in the container sees them.
//!
//! Source: <https://github.com/opencontainers/image-spec/blob/main/layer.md>; where that leaves something open, what
//! Docker and containerd do: links within a path are followed inside the root, what is no folder is replaced by what
//! comes after it, and a folder over a folder keeps what is in it.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::listing::{Item, Listing, Traits};

/// Symbolic links that are followed on the way to one file, as many as Linux follows.
/// <https://man7.org/linux/man-pages/man7/path_resolution.7.html>
const MOST_LINKS: u32 = 40;

/// The name of a node.
type Id = usize;
const ROOT: Id = 0;

/// What stands at a path.
#[derive(Clone, Debug)]
enum Node {
    Folder(BTreeMap<Box<str>, Id>),
    File(Inode),
    Symbolic(Box<str>),
    /// A device and the like, or another name of a file that is not known.
    Other,
}

/// A file by its content, whatever names it has: the entry of a layer that brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Inode {
    /// The layer, counted from the oldest.
    pub(super) layer: u16,
    /// The number of the entry in that layer.
    pub(super) entry: u32,
    is_executable: bool,
    is_binary: bool,
}

impl Inode {
    /// What is known of it beside its path.
    pub(super) fn traits(self) -> Traits {
        Traits { is_executable: self.is_executable, is_binary: self.is_binary }
    }
}

/// The tree of all that the layers leave.
#[derive(Debug)]
pub(super) struct RootFs {
    nodes: Vec<Node>,
}

impl Default for RootFs {
    fn default() -> Self {
        Self { nodes: vec![Node::Folder(BTreeMap::new())] }
    }
}

impl RootFs {
    /// Lays a layer over those before. What it hides goes first: a whiteout is about the layers below alone.
    pub(super) fn lay(&mut self, layer: u16, listing: &Listing) {
        listing.for_each(|_, path, _| {
            let (folder, name) = split(path);
            if name == ".wh..wh..opq" {
                self.empty(folder);
            } else if let Some(hidden) = hidden(name) {
                self.remove(folder, hidden);
            }
        });
        listing.for_each(|entry, path, item| {
            let (folder, name) = split(path);
            if name.starts_with(".wh.") {
                return;
            }
            let Some(folder) = self.folder(folder) else { return };
            self.put(folder, name, layer, entry, item);
        });
    }

    fn put(&mut self, folder: Id, name: &str, layer: u16, entry: u32, item: Item<'_>) {
        let node = match item {
            Item::Folder => {
                let there = self.child(folder, name);
                if there.is_some_and(|id| matches!(self.nodes[id], Node::Folder(_))) {
                    return;
                }
                Node::Folder(BTreeMap::new())
            }
            Item::File(Traits { is_executable, is_binary }) => {
                Node::File(Inode { layer, entry, is_executable, is_binary })
            }
            Item::Symbolic(target) => Node::Symbolic(target.into()),
            Item::Hard(target) => {
                let (parent, last) = split(target);
                let found = self.find(parent, ROOT).and_then(|parent| self.child(parent, last));
                match found.map(|id| &self.nodes[id]) {
                    Some(Node::File(inode)) => Node::File(*inode),
                    Some(Node::Symbolic(target)) => Node::Symbolic(target.clone()),
                    Some(Node::Folder(_) | Node::Other) | None => Node::Other,
                }
            }
            Item::Other => Node::Other,
        };
        self.insert(folder, name, node);
    }

    fn insert(&mut self, folder: Id, name: &str, node: Node) -> Id {
        let next = self.nodes.len();
        let Node::Folder(children) = &mut self.nodes[folder] else { return folder };
        // The place of what is replaced is taken over: many layers may change one file.
        let id = *children.entry(name.into()).or_insert(next);
        if id == next {
            self.nodes.push(node);
        } else {
            self.nodes[id] = node;
        }
        id
    }

    /// Takes away what a folder holds; it is found as the layers below have it.
    fn empty(&mut self, folder: &str) {
        if let Some(id) = self.find(folder, ROOT)
            && let Node::Folder(children) = &mut self.nodes[id]
        {
            children.clear();
        }
    }

    fn remove(&mut self, folder: &str, name: &str) {
        if let Some(id) = self.find(folder, ROOT)
            && let Node::Folder(children) = &mut self.nodes[id]
        {
            children.remove(name);
        }
    }

    fn child(&self, folder: Id, name: &str) -> Option<Id> {
        match &self.nodes[folder] {
            Node::Folder(children) => children.get(name).copied(),
            Node::File(_) | Node::Symbolic(_) | Node::Other => None,
        }
    }

    /// The folder at a path, which is made where there is none; links on the way are followed.
    fn folder(&mut self, path: &str) -> Option<Id> {
        let mut walk = Walk::new(ROOT, path);
        loop {
            match walk.step(self)? {
                Step::Arrived(id) => return Some(id),
                Step::Missing(at, name) => {
                    let made = self.insert(at, &name, Node::Folder(BTreeMap::new()));
                    walk.enter(made);
                }
            }
        }
    }

    /// What stands at a path that begins at a folder, all links followed.
    fn find(&self, path: &str, from: Id) -> Option<Id> {
        match Walk::new(from, path).step(self)? {
            Step::Arrived(id) => Some(id),
            Step::Missing(..) => None,
        }
    }

    /// The file at a path from the root, all links followed.
    pub(super) fn file(&self, path: &str) -> Option<Inode> {
        match self.nodes[self.find(path, ROOT)?] {
            Node::File(inode) => Some(inode),
            Node::Folder(_) | Node::Symbolic(_) | Node::Other => None,
        }
    }

    /// Whether there is anything at a path, links followed.
    pub(super) fn has(&self, path: &str) -> bool {
        self.find(path, ROOT).is_some()
    }

    /// Shows every path at which a file stands or to which a link leads, and that file. Folders behind links are not gone
    /// into.
    pub(super) fn for_each_file(&self, mut show: impl FnMut(&str, Inode, Way)) {
        self.visit(|path, node, parents| match node {
            Node::File(inode) => show(path, *inode, Way::Own),
            Node::Symbolic(target) => {
                let mut walk = Walk { at: parents.to_vec(), left: Vec::new(), links: 0 };
                walk.follow(target);
                if let Some(Step::Arrived(id)) = walk.step(self)
                    && let Node::File(inode) = self.nodes[id]
                {
                    show(path, inode, Way::Link);
                }
            }
            Node::Folder(_) | Node::Other => {}
        });
    }

    /// Shows every file below a folder to which a link leads, by the path through that link. At most so many are gone
    /// through, and two folders deep.
    pub(super) fn for_each_file_behind_folder_link(&self, most: usize, mut show: impl FnMut(&str, Inode)) {
        let mut left = most;
        self.visit(|path, node, parents| {
            let Node::Symbolic(target) = node else { return };
            let mut walk = Walk { at: parents.to_vec(), left: Vec::new(), links: 0 };
            walk.follow(target);
            let Some(Step::Arrived(id)) = walk.step(self) else { return };
            self.show_below(id, path, 2, &mut left, &mut show);
        });
    }

    fn show_below(&self, id: Id, path: &str, depth: u8, left: &mut usize, show: &mut impl FnMut(&str, Inode)) {
        let Node::Folder(children) = &self.nodes[id] else { return };
        for (name, child) in children {
            if *left == 0 {
                return;
            }
            *left -= 1;
            let path = format!("{path}/{name}");
            match &self.nodes[*child] {
                Node::File(inode) => show(&path, *inode),
                Node::Folder(_) if depth > 1 => self.show_below(*child, &path, depth - 1, left, show),
                Node::Folder(_) | Node::Symbolic(_) | Node::Other => {}
            }
        }
    }

    /// Shows every node with its path and the folders on the way to it.
    fn visit(&self, mut show: impl FnMut(&str, &Node, &[Id])) {
        let (mut path, mut parents) = (String::new(), vec![ROOT]);
        let Node::Folder(root) = &self.nodes[ROOT] else { return };
        let mut open = vec![root.iter()];
        let mut lengths = vec![0];
        while let Some(children) = open.last_mut() {
            let Some((name, id)) = children.next() else {
                open.pop();
                parents.pop();
                lengths.pop();
                continue;
            };
            path.truncate(lengths.last().copied().unwrap_or_default());
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(name);
            let node = &self.nodes[*id];
            show(&path, node, &parents);
            if let Node::Folder(inner) = node {
                open.push(inner.iter());
                parents.push(*id);
                lengths.push(path.len());
            }
        }
    }
}

/// How a path leads to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The file stands there, by its first name or by another.
    Own,
    /// By a symbolic link.
    Link,
}

/// The way along a path.
struct Walk {
    /// The folders from the root to where it is, and in the end what it has found.
    at: Vec<Id>,
    /// The names that are left, the next at the end.
    left: Vec<Box<str>>,
    links: u32,
}

/// Where a walk got.
enum Step {
    Arrived(Id),
    /// A folder does not have what comes next.
    Missing(Id, Box<str>),
}

impl Walk {
    fn new(from: Id, path: &str) -> Self {
        let mut walk = Self { at: vec![from], left: Vec::new(), links: 0 };
        walk.push(path);
        walk
    }

    fn push(&mut self, path: &str) {
        self.left.extend(path.split('/').rev().filter(|name| !matches!(*name, "" | ".")).map(Box::from));
    }

    fn follow(&mut self, target: &str) {
        if target.starts_with('/') {
            self.at.truncate(1);
        }
        self.push(target);
    }

    fn enter(&mut self, id: Id) {
        self.at.push(id);
    }

    /// Goes as far as the path is there; none where links turn in a circle or lead through what is no folder.
    fn step(&mut self, root: &RootFs) -> Option<Step> {
        while let Some(name) = self.left.pop() {
            let here = *self.at.last()?;
            if &*name == ".." {
                if self.at.len() > 1 {
                    self.at.pop();
                }
                continue;
            }
            let Node::Folder(children) = &root.nodes[here] else { return None };
            let Some(id) = children.get(&name).copied() else { return Some(Step::Missing(here, name)) };
            match &root.nodes[id] {
                Node::Symbolic(target) => {
                    self.links += 1;
                    if self.links > MOST_LINKS {
                        return None;
                    }
                    self.follow(target);
                }
                Node::Folder(_) => self.at.push(id),
                Node::File(_) | Node::Other if self.left.is_empty() => return Some(Step::Arrived(id)),
                Node::File(_) | Node::Other => return None,
            }
        }
        self.at.last().copied().map(Step::Arrived)
    }
}

/// The folder and the name of a path.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// What a whiteout of this name hides; none of another name. `.wh..wh.…` is what AUFS keeps for itself.
fn hidden(name: &str) -> Option<&str> {
    name.strip_prefix(".wh.").filter(|hidden| !hidden.is_empty() && !hidden.starts_with(".wh."))
}
