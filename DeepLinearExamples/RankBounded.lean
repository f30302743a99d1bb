/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.RankBounded
public import Mathlib.LinearAlgebra.Matrix.Notation

/-!
# Instances of Problem 2

Pairs of rational matrices of rank at most `d` whose midpoint has rank `d + 1`, and a pair at
`d = min n k`, where the matrices of rank at most `d` are a convex set. Equations between concrete
rational matrices are proved by evaluation in the kernel.

## Main definitions

* `DeepLinear.RankInstance`: two matrices of one shape, and a bound on the rank.
-/

@[expose] public section

open Matrix

namespace DeepLinear

/-- Two rational matrices of one shape, and a bound on the rank. -/
structure RankInstance where
  /-- The number of rows. -/
  rows : ℕ
  /-- The number of columns. -/
  cols : ℕ
  /-- The bound on the rank. -/
  bound : ℕ
  /-- One matrix. -/
  left : Matrix (Fin rows) (Fin cols) ℚ
  /-- The other matrix. -/
  right : Matrix (Fin rows) (Fin cols) ℚ

namespace RankInstance

variable (e : RankInstance)

/-- The midpoint of the two matrices. -/
def midpoint : Matrix (Fin e.rows) (Fin e.cols) ℚ :=
  (1 / 2 : ℚ) • (e.left + e.right)

/-- Both matrices have rank at most the bound, and their midpoint has one more. -/
def IsExample : Prop :=
  e.left.rank ≤ e.bound ∧ e.right.rank ≤ e.bound ∧ e.midpoint.rank = e.bound + 1

/-- The matrices of rank at most the bound are a convex set. -/
def IsControl : Prop :=
  Convex ℚ {A : Matrix (Fin e.rows) (Fin e.cols) ℚ | A.rank ≤ e.bound}

variable {e} in
/-- An example shows that the matrices of rank at most its bound are not a convex set. -/
theorem IsExample.not_isControl (h : e.IsExample) : ¬ e.IsControl := by
  intro hconv
  have hmid : e.midpoint.rank ≤ e.bound := by
    rw [midpoint, smul_add]
    exact hconv h.1 h.2.1 (by norm_num) (by norm_num) (by norm_num)
  rw [h.2.2] at hmid
  exact absurd hmid (Nat.not_succ_le_self _)

/-- Two diagonal matrices, as in the proof of Problem 2. -/
def diagonal : RankInstance where
  rows := 2
  cols := 3
  bound := 1
  left := !![2, 0, 0; 0, 0, 0]
  right := !![0, 0, 0; 0, 2, 0]

/-- Two 2 × 3 matrices of rank at most 1 whose midpoint has rank 2. -/
theorem isExample_diagonal : diagonal.IsExample := by
  refine ⟨rank_le_of_eq_mul (F := !![2; 0]) (G := !![1, 0, 0]) (by decide +kernel),
    rank_le_of_eq_mul (F := !![0; 2]) (G := !![0, 1, 0]) (by decide +kernel),
    le_antisymm
      (rank_le_of_eq_mul (F := !![1, 0; 0, 1]) (G := !![1, 0, 0; 0, 1, 0]) (by decide +kernel))
      (le_rank_of_mul_mul_eq_one (P := !![1, 0; 0, 1]) (Q := !![1, 0; 0, 1; 0, 0])
        (by decide +kernel))⟩

/-- Two matrices of rank one without a zero row. -/
def rankOne : RankInstance where
  rows := 3
  cols := 4
  bound := 1
  left := !![1, 2, 0, 1/2; 2, 4, 0, 1; -1, -2, 0, -1/2]
  right := !![0, 3, 1, 1; 0, -3, -1, -1; 0, 3/2, 1/2, 1/2]

/-- Two 3 × 4 matrices of rank at most 1 whose midpoint has rank 2. -/
theorem isExample_rankOne : rankOne.IsExample := by
  refine ⟨rank_le_of_eq_mul (F := !![1; 2; -1]) (G := !![1, 2, 0, 1/2]) (by decide +kernel),
    rank_le_of_eq_mul (F := !![1; -1; 1/2]) (G := !![0, 3, 1, 1]) (by decide +kernel),
    le_antisymm
      (rank_le_of_eq_mul (F := !![1, 1; 2, -1; -1, 1/2])
        (G := !![1/2, 1, 0, 1/4; 0, 3/2, 1/2, 1/2]) (by decide +kernel))
      (le_rank_of_mul_mul_eq_one (P := !![1/3, 1/3, 0; 2/3, -1/3, 0])
        (Q := !![2, 0; 0, 0; 0, 2; 0, 0]) (by decide +kernel))⟩

/-- Two matrices of rank two. -/
def rankTwo : RankInstance where
  rows := 3
  cols := 5
  bound := 2
  left := !![1, 0, 1, 0, 2; 0, 1, 1, 1/3, 0; 1, 1, 2, 1/3, 2]
  right := !![1, 0, 0, 0, 1; 0, 0, 0, 0, 0; 0, 0, 0, 2, 0]

/-- Two 3 × 5 matrices of rank at most 2 whose midpoint has rank 3. -/
theorem isExample_rankTwo : rankTwo.IsExample := by
  refine ⟨rank_le_of_eq_mul (F := !![1, 0; 0, 1; 1, 1]) (G := !![1, 0, 1, 0, 2; 0, 1, 1, 1/3, 0])
      (by decide +kernel),
    rank_le_of_eq_mul (F := !![1, 0; 0, 0; 0, 1]) (G := !![1, 0, 0, 0, 1; 0, 0, 0, 2, 0])
      (by decide +kernel),
    le_antisymm (rank_le_height _)
      (le_rank_of_mul_mul_eq_one (P := !![1, 0, 0; 0, 1, 0; 0, 0, 1])
        (Q := !![2, 2, -2; 2, 6, -4; -2, -4, 4; 0, 0, 0; 0, 0, 0]) (by decide +kernel))⟩

/-- Two matrices at the bound `d = min n k`, where Problem 2 does not apply. -/
def fullBound : RankInstance where
  rows := 2
  cols := 3
  bound := 2
  left := !![1, 2, 0; 0, 1, 1/2]
  right := !![0, -1, 3; 1, 0, 0]

/-- All 2 × 3 matrices have rank at most 2 = min 2 3, so those that have are a convex set. -/
theorem isControl_fullBound : fullBound.IsControl :=
  convex_setOf_rank_le_iff.2 (Or.inr (by decide))

end RankInstance

end DeepLinear
