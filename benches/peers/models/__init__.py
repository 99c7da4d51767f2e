"""The models in plain PyTorch. `users` makes vectors of histories, `loss` trains them; `items` is the table."""

from .comirec import ComiRecDr, ComiRecSa, Gru4RecComiRec, YoutubeDnn
from .gru4rec import Gru4Rec
from .mind import Mind
from .narm import Narm
from .sasrec import SasRec, SasRecOfPairs
from .sasrecf import SasRecF
from .session_gru4rec import SessionGru4Rec
from .sr_gnn import SrGnn
from .ssr import Ssr
