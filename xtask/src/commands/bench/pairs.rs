/// A case of ours beside a peer's.
pub struct Pair {
    /// Name of our workload.
    pub ours: &'static str,
    /// Name of the peer's.
    pub theirs: &'static str,
    /// Who the peer is.
    pub peer: &'static str,
}

const fn pair(ours: &'static str, theirs: &'static str, peer: &'static str) -> Pair {
    Pair { ours, theirs, peer }
}

/// The same workload in plain PyTorch.
const fn torch(name: &'static str) -> Pair {
    pair(name, name, "PyTorch")
}

/// The same in PyTorch, where a step changes touched rows alone.
const fn sparse(name: &'static str) -> Pair {
    pair(name, name, "PyTorch, SparseAdam")
}

/// All pairs, in the order in which they run.
pub const PAIRS: &[Pair] = &[
    sparse("comirec-500000"),
    sparse("comirec-500000-short"),
    pair("comirec-500000", "comirec-500000-dense", "PyTorch, dense Adam"),
    torch("comirec-50000-dense"),
    pair("comirec-50000-dense", "comirec-50000-rechub", "torch-rechub"),
    sparse("comirec-dr-500000"),
    torch("comirec-dr-50000-dense"),
    sparse("mind-500000"),
    torch("mind-50000-dense"),
    sparse("youtube-dnn-500000"),
    torch("youtube-dnn-50000-dense"),
    sparse("gru4rec-comirec-500000"),
    torch("gru4rec-comirec-50000-dense"),
    torch("sasrec-3700"),
    torch("sasrec-3700-dropout"),
    torch("sasrec-50000"),
    torch("sasrec-12101-short"),
    torch("sasrec-3700-bce"),
    torch("sasrec-3700-gbce"),
    pair("sasrec-3700-gbce", "sasrec-3700-gbce-all-scores", "PyTorch, all scores"),
    torch("sasrecf-3700"),
    torch("ssr-9700"),
    torch("gru4rec-3700"),
    torch("gru4rec-3700-short"),
    pair("session-gru4rec-37000", "session-gru4rec-37000", "PyTorch, sparse Adagrad"),
    torch("narm-43000"),
    torch("sr-gnn-43000"),
    torch("sr-gnn-3700"),
    torch("serve-comirec-50000"),
    torch("serve-sasrec-50000"),
    torch("serve-gru4rec-50000"),
    torch("serve-sr-gnn-50000"),
    torch("serve-session-gru4rec-50000"),
    torch("cross-entropy"),
    pair("full-ranking", "full-ranking", "PyTorch, as RecBole ranks"),
    pair("full-ranking-metrics", "full-ranking-metrics", "RecBole's evaluator"),
];
