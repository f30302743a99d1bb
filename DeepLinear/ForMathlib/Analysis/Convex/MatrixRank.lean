/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank
public import Mathlib.Analysis.Convex.Basic

/-!
# When the matrices of bounded rank form a convex set

Let `S` be the set of the `m × n` matrices of rank at most `d`. It is closed under scaling. If it is
convex, then it is closed under addition too, as `A + B = 2 (A/2 + B/2)`. When `1 ≤ d`, it contains
every matrix with a single nonzero entry, and each matrix is a sum of those. So `S` contains *all*
matrices, also one of rank `min m n`, and `d` cannot be below that.

## Main statements

* `Matrix.not_convex_setOf_rank_le_of_lt_min`: for `1 ≤ d < min m n` the set is not convex.
* `Matrix.convex_setOf_rank_le_iff`: the set is convex if and only if `d = 0` or `min m n ≤ d`.
-/

@[expose] public section

namespace Matrix

variable {m n 𝕜 : Type*} [Fintype n] [Field 𝕜]

variable [LinearOrder 𝕜] [IsStrictOrderedRing 𝕜] {d : ℕ}

/-- A convex set of rank-bounded matrices is closed under addition. -/
lemma rank_add_le_of_convex (h : Convex 𝕜 {A : Matrix m n 𝕜 | A.rank ≤ d}) {A B : Matrix m n 𝕜}
    (hA : A.rank ≤ d) (hB : B.rank ≤ d) : (A + B).rank ≤ d := by
  have hmid : ((1 / 2 : 𝕜) • A + (1 / 2 : 𝕜) • B).rank ≤ d :=
    h hA hB (by positivity) (by positivity) (by norm_num)
  have hsum : A + B = (2 : 𝕜) • ((1 / 2 : 𝕜) • A + (1 / 2 : 𝕜) • B) := by
    rw [smul_add, smul_smul, smul_smul]
    norm_num
  rw [hsum]
  exact (rank_smul_le _ _).trans hmid

/-- If the matrices of rank at most `d`, for some `1 ≤ d`, form a convex set, then these are all
matrices. -/
lemma rank_le_of_convex [Finite m] (hd : 1 ≤ d)
    (h : Convex 𝕜 {A : Matrix m n 𝕜 | A.rank ≤ d}) (A : Matrix m n 𝕜) : A.rank ≤ d := by
  classical
  refine Matrix.induction_on' (P := fun A => A.rank ≤ d) A ?_ ?_ ?_
  · exact (rank_zero).trans_le (Nat.zero_le d)
  · exact fun A B hA hB => rank_add_le_of_convex h hA hB
  · exact fun i j x => (rank_single_le_one i j x).trans hd

variable [Fintype m]

/-- For `1 ≤ d < min m n` the set of the `m × n` matrices of rank at
most `d` is not convex. -/
theorem not_convex_setOf_rank_le_of_lt_min (hd : 1 ≤ d)
    (hdmn : d < min (Fintype.card m) (Fintype.card n)) :
    ¬ Convex 𝕜 {A : Matrix m n 𝕜 | A.rank ≤ d} := by
  intro h
  obtain ⟨A, hA⟩ := exists_rank_eq_min m n 𝕜
  exact absurd (hA ▸ rank_le_of_convex hd h A) (not_le_of_gt hdmn)

/-- The set of the `m × n` matrices of rank at most `d`
is convex if and only if it is `{0}`, for `d = 0`, or contains all matrices, for `min m n ≤ d`. -/
theorem convex_setOf_rank_le_iff :
    Convex 𝕜 {A : Matrix m n 𝕜 | A.rank ≤ d} ↔
      d = 0 ∨ min (Fintype.card m) (Fintype.card n) ≤ d := by
  constructor
  · intro h
    by_contra! hd
    exact not_convex_setOf_rank_le_of_lt_min (Nat.one_le_iff_ne_zero.2 hd.1) hd.2 h
  · rintro (rfl | hd)
    · intro A hA B hB a b _ _ _
      have hzero : ∀ M : Matrix m n 𝕜, M.rank ≤ 0 → M = 0 := fun M hM =>
        eq_zero_of_rank_eq_zero (Nat.le_zero.1 hM)
      rw [hzero A hA, hzero B hB]
      simp
    · have huniv : {A : Matrix m n 𝕜 | A.rank ≤ d} = Set.univ :=
        Set.eq_univ_of_forall fun A => (le_min A.rank_le_card_height A.rank_le_card_width).trans hd
      rw [huniv]
      exact convex_univ

end Matrix
