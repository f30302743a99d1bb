/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.Tag
import Mathlib.Analysis.Convex.Basic
import Mathlib.Data.Real.Basic
import Mathlib.LinearAlgebra.Matrix.Rank

/-!
# Problem 2: matrices of bounded rank are not a convex set

Let `S` be the set of the `m × n` matrices of rank at most `d`. It is closed under scaling. If it is
convex, then it is closed under addition too, as `A + B = 2 (A/2 + B/2)`. When `1 ≤ d`, it contains
every matrix with a single nonzero entry, and each matrix is a sum of those. So `S` contains *all*
matrices, also one of rank `min m n`, and `d` cannot be below that.

## Main statements

* `DeepLinear.not_convex_setOf_rank_le`: Problem 2, in the assignment's range `1 ≤ d < n < k`.
* `DeepLinear.not_convex_setOf_rank_le_of_lt_min`: the same for `1 ≤ d < min n k`.
* `DeepLinear.convex_setOf_rank_le_iff`: the set is convex if and only if `d = 0` or `min n k ≤ d`.
-/

open Matrix

namespace DeepLinear

variable {m n 𝕜 : Type*} [Fintype n] [Field 𝕜]

/-- A product through dimension `d` has rank at most `d`. -/
lemma rank_le_of_eq_mul {d : ℕ} {A : Matrix m n 𝕜} {F : Matrix m (Fin d) 𝕜}
    {G : Matrix (Fin d) n 𝕜} (h : A = F * G) : A.rank ≤ d := by
  rw [h]
  exact (rank_mul_le_left F G).trans ((rank_le_card_width F).trans_eq (Fintype.card_fin d))

/-- A matrix that can be cut down to the `d × d` identity has rank at least `d`. -/
lemma le_rank_of_mul_mul_eq_one [Fintype m] {d : ℕ} {A : Matrix m n 𝕜} {P : Matrix (Fin d) m 𝕜}
    {Q : Matrix n (Fin d) 𝕜} (h : P * A * Q = 1) : d ≤ A.rank := by
  calc d = (P * A * Q).rank := by rw [h, rank_one, Fintype.card_fin]
    _ ≤ (P * A).rank := rank_mul_le_left _ _
    _ ≤ A.rank := rank_mul_le_right _ _

lemma rank_smul_le (c : 𝕜) (A : Matrix m n 𝕜) : (c • A).rank ≤ A.rank := by
  classical
  calc (c • A).rank = (A * (c • (1 : Matrix n n 𝕜))).rank := by
        rw [Matrix.mul_smul, Matrix.mul_one]
    _ ≤ A.rank := rank_mul_le_left _ _

lemma rank_single_le_one [DecidableEq m] [DecidableEq n] (i : m) (j : n) (a : 𝕜) :
    (Matrix.single i j a).rank ≤ 1 := by
  have h : Matrix.single i j a = a • vecMulVec (Pi.single i 1) (Pi.single j 1) := by
    rw [← single_eq_single_vecMulVec_single, smul_single, smul_eq_mul, mul_one]
  rw [h]
  exact (rank_smul_le _ _).trans (rank_vecMulVec_le _ _)

/-- Some matrix has the largest rank that its shape allows. -/
lemma exists_rank_eq_min (m n 𝕜 : Type*) [Fintype m] [Fintype n] [Field 𝕜] :
    ∃ A : Matrix m n 𝕜, A.rank = min (Fintype.card m) (Fintype.card n) := by
  classical
  rcases le_total (Fintype.card m) (Fintype.card n) with h | h
  · obtain ⟨g⟩ := Function.Embedding.nonempty_of_card_le h
    refine ⟨(1 : Matrix n n 𝕜).submatrix g id, ?_⟩
    rw [min_eq_left h]
    refine le_antisymm (rank_le_card_height _) ?_
    have h1 : ((1 : Matrix n n 𝕜).submatrix g id).submatrix id g = (1 : Matrix m m 𝕜) := by
      rw [submatrix_submatrix]
      exact submatrix_one g g.injective
    calc Fintype.card m = (1 : Matrix m m 𝕜).rank := rank_one.symm
      _ ≤ ((1 : Matrix n n 𝕜).submatrix g id).rank := by rw [← h1]; exact rank_submatrix_le _ _ _
  · obtain ⟨g⟩ := Function.Embedding.nonempty_of_card_le h
    refine ⟨(1 : Matrix m m 𝕜).submatrix id g, ?_⟩
    rw [min_eq_right h]
    refine le_antisymm (rank_le_card_width _) ?_
    have h1 : ((1 : Matrix m m 𝕜).submatrix id g).submatrix g id = (1 : Matrix n n 𝕜) := by
      rw [submatrix_submatrix]
      exact submatrix_one g g.injective
    calc Fintype.card n = (1 : Matrix n n 𝕜).rank := rank_one.symm
      _ ≤ ((1 : Matrix m m 𝕜).submatrix id g).rank := by rw [← h1]; exact rank_submatrix_le _ _ _

section Order

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

/-- **Problem 2**, for all shapes: for `1 ≤ d < min m n` the set of the `m × n` matrices of rank at
most `d` is not convex. -/
@[assignment "P2"]
theorem not_convex_setOf_rank_le_of_lt_min (hd : 1 ≤ d)
    (hdmn : d < min (Fintype.card m) (Fintype.card n)) :
    ¬ Convex 𝕜 {A : Matrix m n 𝕜 | A.rank ≤ d} := by
  intro h
  obtain ⟨A, hA⟩ := exists_rank_eq_min m n 𝕜
  exact absurd (hA ▸ rank_le_of_convex hd h A) (not_le_of_gt hdmn)

/-- **Problem 2, the full characterization**: the set of the `m × n` matrices of rank at most `d`
is convex if and only if it is `{0}`, for `d = 0`, or contains all matrices, for `min m n ≤ d`. -/
@[assignment "P2"]
theorem convex_setOf_rank_le_iff :
    Convex 𝕜 {A : Matrix m n 𝕜 | A.rank ≤ d} ↔
      d = 0 ∨ min (Fintype.card m) (Fintype.card n) ≤ d := by
  constructor
  · intro h
    by_contra! hd
    exact not_convex_setOf_rank_le_of_lt_min (Nat.one_le_iff_ne_zero.2 hd.1) hd.2 h
  · rintro (rfl | hd)
    · intro A hA B hB a b _ _ _
      have hzero : ∀ M : Matrix m n 𝕜, M.rank ≤ 0 → M = 0 := by
        intro M hM
        classical
        have hrange : LinearMap.range M.mulVecLin = ⊥ :=
          Submodule.finrank_eq_zero.1 (Nat.le_zero.1 hM)
        ext i j
        have hj : M *ᵥ Pi.single j 1 = 0 := by
          have h := LinearMap.mem_range_self M.mulVecLin (Pi.single j 1)
          rwa [hrange, Submodule.mem_bot] at h
        simpa using congrFun hj i
      rw [hzero A hA, hzero B hB]
      simp
    · have huniv : {A : Matrix m n 𝕜 | A.rank ≤ d} = Set.univ :=
        Set.eq_univ_of_forall fun A => (le_min A.rank_le_card_height A.rank_le_card_width).trans hd
      rw [huniv]
      exact convex_univ

/-- **Problem 2**, as the assignment puts it: for `1 ≤ d < n < k` the set of the real `n × k`
matrices of rank at most `d` is not convex. -/
@[assignment "P2" main]
theorem not_convex_setOf_rank_le {n k d : ℕ} (hd : 1 ≤ d) (hdn : d < n) (hnk : n < k) :
    ¬ Convex ℝ {A : Matrix (Fin n) (Fin k) ℝ | A.rank ≤ d} :=
  not_convex_setOf_rank_le_of_lt_min hd (by simp; omega)

end Order

end DeepLinear
