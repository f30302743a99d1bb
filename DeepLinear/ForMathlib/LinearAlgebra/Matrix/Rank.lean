/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import Mathlib.LinearAlgebra.Matrix.NonsingularInverse
public import Mathlib.LinearAlgebra.Matrix.Rank
public import Mathlib.Tactic.Abel

/-!
# More on the rank of a matrix

## Main statements

* `Matrix.exists_mul_eq_one_of_rank_eq`: a matrix of full column rank has a left inverse.
* `Matrix.exists_fullRank_factorization`: the full-rank factorization.
* `Matrix.mul_inv_mul_eq_self`: the skeleton (or cross) decomposition.
* `Matrix.rank_add_le`, `Matrix.rank_smul_le`, `Matrix.eq_zero_of_rank_eq_zero`.
* `Matrix.rank_eq_card_iff_isUnit`: full rank is invertibility.
* `Matrix.exists_rank_eq_min`: a matrix of the greatest rank that its shape allows.
-/

@[expose] public section

namespace Matrix

variable {m n o r 𝕜 : Type*} [Fintype n] [Fintype r] [Field 𝕜]

/-- Rank and nullity of a matrix. -/
lemma rank_add_finrank_ker (A : Matrix m n 𝕜) :
    A.rank + Module.finrank 𝕜 (LinearMap.ker A.mulVecLin) = Fintype.card n := by
  have h := A.mulVecLin.finrank_range_add_finrank_ker
  rw [Module.finrank_fintype_fun_eq_card] at h
  exact h

/-- A matrix of full column rank has a left inverse. -/
lemma exists_mul_eq_one_of_rank_eq [Fintype m] [DecidableEq r] (X : Matrix m r 𝕜)
    (h : X.rank = Fintype.card r) : ∃ Y : Matrix r m 𝕜, Y * X = 1 := by
  classical
  have hker : LinearMap.ker (Matrix.toLin' X) = ⊥ := by
    have hsum := X.rank_add_finrank_ker
    rw [Matrix.toLin'_apply']
    exact Submodule.finrank_eq_zero.1 (by omega)
  obtain ⟨g, hg⟩ := LinearMap.exists_leftInverse_of_injective _ hker
  refine ⟨LinearMap.toMatrix' g, ?_⟩
  rw [← LinearMap.toMatrix'_toLin' X, ← LinearMap.toMatrix'_comp, hg, LinearMap.toMatrix'_id]

/-- A matrix of full row rank has a right inverse. -/
lemma exists_mul_eq_one_of_rank_eq' [DecidableEq r] (X : Matrix r n 𝕜)
    (h : X.rank = Fintype.card r) : ∃ Y : Matrix n r 𝕜, X * Y = 1 := by
  obtain ⟨Y, hY⟩ := exists_mul_eq_one_of_rank_eq Xᵀ ((rank_transpose X).trans h)
  refine ⟨Yᵀ, ?_⟩
  rw [← Matrix.transpose_inj, transpose_mul, transpose_transpose, hY, transpose_one]

/-- If the columns of `A` are combinations of those of `B`, then `A = B * Z`. -/
lemma exists_eq_mul_of_range_le [Fintype o] {A : Matrix m n 𝕜} {B : Matrix m o 𝕜}
    (h : LinearMap.range A.mulVecLin ≤ LinearMap.range B.mulVecLin) :
    ∃ Z : Matrix o n 𝕜, A = B * Z := by
  classical
  have hcol : ∀ j, ∃ z, B *ᵥ z = A *ᵥ Pi.single j 1 := fun j =>
    h (LinearMap.mem_range_self A.mulVecLin (Pi.single j 1))
  choose z hz using hcol
  refine ⟨Matrix.of fun i j => z j i, ?_⟩
  ext i j
  have hij := congrFun (hz j) i
  rw [Matrix.mulVec_single_one] at hij
  simpa [Matrix.mul_apply, Matrix.mulVec, dotProduct] using hij.symm

/-- If `A * B` has the rank of `A`, then `A` is recovered from it. -/
lemma exists_eq_mul_of_rank_mul_eq [Fintype o] {A : Matrix m n 𝕜} {B : Matrix n o 𝕜}
    (h : (A * B).rank = A.rank) : ∃ Z : Matrix o n 𝕜, A = A * B * Z := by
  refine exists_eq_mul_of_range_le ?_
  have hle : LinearMap.range (A * B).mulVecLin ≤ LinearMap.range A.mulVecLin := by
    rw [Matrix.mulVecLin_mul]
    exact LinearMap.range_comp_le_range _ _
  exact (Submodule.eq_of_le_of_finrank_eq hle h).ge

/-- The full-rank factorization: a matrix of rank `r` is `F * G`, where `F` has `r` columns and a
left inverse, and `G` has `r` rows and a right inverse. -/
theorem exists_fullRank_factorization [Fintype m] (A : Matrix m n 𝕜) :
    ∃ (r : ℕ) (F : Matrix m (Fin r) 𝕜) (G : Matrix (Fin r) n 𝕜) (F' : Matrix (Fin r) m 𝕜)
      (G' : Matrix n (Fin r) 𝕜), r = A.rank ∧ A = F * G ∧ F' * F = 1 ∧ G * G' = 1 := by
  obtain ⟨r, hr⟩ : ∃ r, r = A.rank := ⟨_, rfl⟩
  let b := Module.finBasisOfFinrankEq 𝕜 (LinearMap.range A.mulVecLin) hr.symm
  let F : Matrix m (Fin r) 𝕜 := Matrix.of fun i j => (b j : m → 𝕜) i
  have hrange : LinearMap.range A.mulVecLin ≤ LinearMap.range F.mulVecLin := by
    rintro _ ⟨x, rfl⟩
    let y : LinearMap.range A.mulVecLin := ⟨A.mulVecLin x, LinearMap.mem_range_self _ x⟩
    refine ⟨b.repr y, ?_⟩
    have hsum : ∑ i, b.repr y i • (b i : m → 𝕜) = A.mulVecLin x := by
      have h := congrArg Subtype.val (b.sum_repr y)
      rwa [Submodule.coe_sum] at h
    rw [← hsum]
    ext i
    simp [F, Matrix.mulVec, dotProduct, mul_comm]
  obtain ⟨G, hG⟩ := exists_eq_mul_of_range_le hrange
  have hF : F.rank = Fintype.card (Fin r) := by
    refine le_antisymm F.rank_le_card_width ?_
    rw [Fintype.card_fin]
    exact (hr.trans (congrArg rank hG)).trans_le (rank_mul_le_left F G)
  have hG' : G.rank = Fintype.card (Fin r) := by
    refine le_antisymm G.rank_le_card_height ?_
    rw [Fintype.card_fin]
    exact (hr.trans (congrArg rank hG)).trans_le (rank_mul_le_right F G)
  obtain ⟨F', hF'⟩ := exists_mul_eq_one_of_rank_eq F hF
  obtain ⟨G', hGG'⟩ := exists_mul_eq_one_of_rank_eq' G hG'
  exact ⟨r, F, G, F', G', hr, hG, hF', hGG'⟩

/-- Fewer independent rows than rows: some combination of the rows vanishes. -/
lemma exists_vecMul_eq_zero [Fintype m] (A : Matrix m n 𝕜) (h : A.rank < Fintype.card m) :
    ∃ u : m → 𝕜, u ≠ 0 ∧ u ᵥ* A = 0 := by
  have hsum := Aᵀ.rank_add_finrank_ker
  rw [rank_transpose] at hsum
  have hpos : 0 < Module.finrank 𝕜 (LinearMap.ker Aᵀ.mulVecLin) := by omega
  obtain ⟨u, hu, hne⟩ :=
    Submodule.exists_mem_ne_zero_of_ne_bot (Submodule.one_le_finrank_iff.1 hpos)
  refine ⟨u, hne, ?_⟩
  rwa [LinearMap.mem_ker, Matrix.mulVecLin_apply, Matrix.mulVec_transpose] at hu

/-- Where the rank drops, the kernel grows. -/
lemma exists_mulVec_ne_zero_of_rank_lt [Fintype m] (A : Matrix o m 𝕜) (B : Matrix m n 𝕜)
    (h : (A * B).rank < B.rank) : ∃ x, B *ᵥ x ≠ 0 ∧ A *ᵥ (B *ᵥ x) = 0 := by
  by_contra! hne
  have hker : LinearMap.ker (A * B).mulVecLin ≤ LinearMap.ker B.mulVecLin := by
    intro x hx
    rw [LinearMap.mem_ker, Matrix.mulVecLin_apply] at hx ⊢
    by_contra hx'
    exact hne x hx' (by rwa [Matrix.mulVec_mulVec])
  have h1 := (A * B).rank_add_finrank_ker
  have h2 := B.rank_add_finrank_ker
  have h3 := Submodule.finrank_mono hker
  omega

lemma rank_add_le (A B : Matrix m n 𝕜) : (A + B).rank ≤ A.rank + B.rank := by
  have hrange : LinearMap.range (A + B).mulVecLin ≤
      LinearMap.range A.mulVecLin ⊔ LinearMap.range B.mulVecLin := by
    rintro _ ⟨x, rfl⟩
    rw [Matrix.mulVecLin_add]
    exact Submodule.add_mem_sup (LinearMap.mem_range_self _ x) (LinearMap.mem_range_self _ x)
  exact (Submodule.finrank_mono hrange).trans (Submodule.finrank_add_le_finrank_add_finrank _ _)

/-- A linear functional on matrices that vanishes on the rank-one matrices is zero. -/
lemma linearMap_eq_zero_of_vecMulVec {m n M : Type*} [Finite m] [Finite n] [AddCommGroup M]
    [Module 𝕜 M] (l : Matrix m n 𝕜 →ₗ[𝕜] M) (h : ∀ v y, l (vecMulVec v y) = 0) : l = 0 := by
  classical
  refine LinearMap.ext fun A => ?_
  refine Matrix.induction_on' (P := fun A => l A = 0) A (map_zero l) ?_ fun i j x => ?_
  · intro p q hp hq
    rw [map_add, hp, hq, add_zero]
  · have hsingle : single i j x = x • vecMulVec (Pi.single i 1) (Pi.single j 1) := by
      rw [← single_eq_single_vecMulVec_single, smul_single, smul_eq_mul, mul_one]
    rw [hsingle, map_smul, h, smul_zero]

/-- The skeleton identity: if `P * R * S` is invertible and its size is at least the rank of `R`,
then `R` is recovered from its columns `R * S` and its rows `P * R`. -/
theorem mul_inv_mul_eq_self [Fintype m] [DecidableEq r] (R : Matrix m n 𝕜) (P : Matrix r m 𝕜)
    (S : Matrix n r 𝕜) (hR : R.rank ≤ Fintype.card r) (hu : IsUnit (P * R * S).det) :
    R * S * (P * R * S)⁻¹ * P * R = R := by
  have hle : LinearMap.range (R * S).mulVecLin ≤ LinearMap.range R.mulVecLin := by
    rw [Matrix.mulVecLin_mul]
    exact LinearMap.range_comp_le_range _ _
  have hrank : R.rank ≤ (R * S).rank := by
    refine hR.trans ?_
    rw [← rank_of_isUnit _ ((Matrix.isUnit_iff_isUnit_det _).2 hu), Matrix.mul_assoc]
    exact rank_mul_le_right _ _
  obtain ⟨Z, hZ⟩ := exists_eq_mul_of_range_le (Submodule.eq_of_le_of_finrank_le hle hrank).ge
  have hPR : P * R = P * R * S * Z := by
    rw [Matrix.mul_assoc, Matrix.mul_assoc, ← Matrix.mul_assoc R, ← hZ]
  calc R * S * (P * R * S)⁻¹ * P * R
      = R * S * ((P * R * S)⁻¹ * (P * R)) := by simp only [Matrix.mul_assoc]
    _ = R * S * ((P * R * S)⁻¹ * (P * R * S * Z)) := by rw [← hPR]
    _ = R * S * Z := by rw [← Matrix.mul_assoc (P * R * S)⁻¹, Matrix.nonsing_inv_mul _ hu,
        Matrix.one_mul]
    _ = R := hZ.symm

/-- A matrix of rank zero is zero. -/
lemma eq_zero_of_rank_eq_zero {A : Matrix m n 𝕜} (h : A.rank = 0) : A = 0 := by
  classical
  have hrange : LinearMap.range A.mulVecLin = ⊥ := Submodule.finrank_eq_zero.1 h
  ext i j
  have hj : A *ᵥ Pi.single j 1 = 0 := by
    have h := LinearMap.mem_range_self A.mulVecLin (Pi.single j 1)
    rwa [hrange, Submodule.mem_bot] at h
  simpa using congrFun hj i

/-- A rank-one term raises the rank by at most one. -/
lemma rank_add_smul_vecMulVec_le (A : Matrix m n 𝕜) (c : 𝕜) (v : m → 𝕜) (w : n → 𝕜) :
    (A + c • vecMulVec v w).rank ≤ A.rank + 1 := by
  refine (rank_add_le _ _).trans (Nat.add_le_add_left ?_ _)
  rw [← smul_vecMulVec]
  exact rank_vecMulVec_le _ _

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
    (single i j a).rank ≤ 1 := by
  have h : single i j a = a • vecMulVec (Pi.single i 1) (Pi.single j 1) := by
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

/-- A square matrix over a field has full rank if and only if it is invertible. -/
theorem rank_eq_card_iff_isUnit [DecidableEq n] {A : Matrix n n 𝕜} :
    A.rank = Fintype.card n ↔ IsUnit A := by
  refine ⟨fun h => ?_, rank_of_isUnit A⟩
  rw [← Matrix.mulVec_surjective_iff_isUnit, ← Matrix.coe_mulVecLin, ← LinearMap.range_eq_top]
  exact Submodule.eq_top_of_finrank_eq (h.trans (Module.finrank_fintype_fun_eq_card 𝕜).symm)

/-- If the product with outer factors does not lose rank, the middle factor is recovered. -/
lemma eq_mul_mul_of_rank_eq {a b c d : Type*} [Fintype a] [Fintype b] [Fintype c] [Fintype d]
    {T : Matrix a b 𝕜} {M : Matrix b c 𝕜} {S : Matrix c d 𝕜} {X : Matrix d a 𝕜}
    (h : M.rank = (T * M * S).rank) (hX : T * M * S * X * (T * M * S) = T * M * S) :
    M = M * S * X * (T * M) := by
  -- `M = M S Z` and `M = Z' T M`, as neither side loses rank
  have hS : (M * S).rank = M.rank := le_antisymm (rank_mul_le_left _ _) <| by
    rw [h, Matrix.mul_assoc]
    exact rank_mul_le_right _ _
  have hT : (T * M).rank = M.rank := le_antisymm (rank_mul_le_right _ _) <| by
    rw [h]
    exact rank_mul_le_left _ _
  obtain ⟨Z, hZ⟩ := exists_eq_mul_of_rank_mul_eq hS
  obtain ⟨Z', hZ'⟩ : ∃ Z' : Matrix b a 𝕜, M = Z' * (T * M) := by
    obtain ⟨Z, hZ⟩ := exists_eq_mul_of_rank_mul_eq (A := Mᵀ) (B := Tᵀ) (by
      rw [← Matrix.transpose_mul, rank_transpose, rank_transpose, hT])
    refine ⟨Zᵀ, ?_⟩
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, Matrix.transpose_mul,
      Matrix.transpose_transpose, ← hZ]
  calc M = Z' * (T * M) := hZ'
    _ = Z' * (T * (M * S * Z)) := by rw [← hZ]
    _ = Z' * (T * M * S) * Z := by simp only [Matrix.mul_assoc]
    _ = Z' * (T * M * S * X * (T * M * S)) * Z := by rw [hX]
    _ = Z' * (T * M) * S * X * (T * (M * S * Z)) := by simp only [Matrix.mul_assoc]
    _ = M * S * X * (T * M) := by rw [← hZ', ← hZ]

end Matrix
