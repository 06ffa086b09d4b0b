"""Every chart's method by name, with its reference: what ``--cite`` prints."""

from __future__ import annotations

REFERENCES = {
    "risk-adjusted-cusum": "Steiner SH, Cook RJ, Farewell VT, Treasure T. Biostatistics 2000; 1: "
    "441-452.",
    "bernoulli-cusum": "Reynolds MR, Stoumbos ZG. J Qual Technol 1999; 31: 87-108.",
    "ewma-share": "Gan FF. J Stat Comput Simul 1990; 37: 45-60; Lucas JM, Saccucci MS. "
    "Technometrics 1990; 32: 1-12.",
    "ewma-count": "Borror CM, Champ CW, Rigdon SE. J Qual Technol 1998; 30: 352-361; Lucas JM, "
    "Saccucci MS. Technometrics 1990; 32: 1-12.",
    "markov-chain": "Brook D, Evans DA. Biometrika 1972; 59: 539-549; paired rounding: Knoth S, "
    "Wittenberg P, Gan FF. Stat Med 2019; 38: 2206-2218.",
}
