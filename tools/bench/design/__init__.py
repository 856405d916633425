# SPDX-License-Identifier: GPL-2.0
"""The parts of tools/bench/design.py, which says what they are for."""
