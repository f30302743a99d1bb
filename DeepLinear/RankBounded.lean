/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Convex.MatrixRank
public import Mathlib.Data.Real.Basic

/-!
# Problem 2: matrices of bounded rank are not a convex set

The theorem for all shapes and all ordered fields is `Matrix.convex_setOf_rank_le_iff`.

## Main statements

* `DeepLinear.not_convex_setOf_rank_le`: Problem 2, in the assignment's range `1 ≤ d < n < k`.
-/

@[expose] public section

open Matrix

namespace DeepLinear

/-- **Problem 2**, as the assignment puts it: for `1 ≤ d < n < k` the set of the real `n × k`
matrices of rank at most `d` is not convex. -/
theorem not_convex_setOf_rank_le {n k d : ℕ} (hd : 1 ≤ d) (hdn : d < n) (hnk : n < k) :
    ¬ Convex ℝ {A : Matrix (Fin n) (Fin k) ℝ | A.rank ≤ d} :=
  not_convex_setOf_rank_le_of_lt_min hd (by rw [Fintype.card_fin, Fintype.card_fin]; omega)

end DeepLinear
