# SPDX-License-Identifier: GPL-2.0
"""The same LSTM autoencoder and optimiser step as train.c, in PyTorch, on one thread."""
import sys
import time

import torch

INPUTS, HIDDEN, STEPS, BATCH, ROUNDS, STEPS_A_ROUND = 64, 32, 16, 64, 7, 10


class Autoencoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = torch.nn.LSTM(INPUTS, HIDDEN)
        self.decoder = torch.nn.LSTM(HIDDEN, HIDDEN)
        self.dense = torch.nn.Linear(HIDDEN, INPUTS)

    def forward(self, x):
        _, (summary, _) = self.encoder(x)
        decoded, _ = self.decoder(summary.expand(STEPS, -1, -1))
        return self.dense(decoded)


torch.set_num_threads(1)
torch.manual_seed(1)
model = Autoencoder()
adam = torch.optim.Adam(model.parameters(), lr=1e-3)
x = (torch.rand(STEPS, BATCH, INPUTS) / 6).sqrt() * (torch.rand(STEPS, BATCH, INPUTS) < 12 / INPUTS)
target = x.flip(0)
best = float("inf")
for _ in range(ROUNDS):
    start = time.process_time()
    for _ in range(STEPS_A_ROUND):
        adam.zero_grad()
        loss = ((model(x) - target) ** 2).sum(2).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
    best = min(best, (time.process_time() - start) / STEPS_A_ROUND / BATCH * 1e6)
print(f"kanary: PyTorch {torch.__version__}: {best:.1f} us per sequence and optimiser step",
      file=sys.stderr)
print(f'{{"version": "{torch.__version__}", "us_per_sequence": {best:.1f}}}')
