/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Matrix.EckartYoung
public import DeepLinear.Landscape.DeepToShallow
public import DeepLinear.Loss

/-!
# Every local minimum is global

Theorem 2.3 of Lu and Kawaguchi: Theorem 2.1 takes a local minimum of the deep problem to one of the
shallow problem, and Theorem 2.2 says that this is a global minimum.

Lu and Kawaguchi ask for `X Xᵀ` to be positive definite; no condition is needed. Let `R` be a local
minimum of `1/2 ‖Y - R X‖²` among the matrices of rank at most `p`, and `X = F G` a full-rank
factorization, so that `G Gᵀ` is positive definite.

* If `R` has rank below `p`, all directions of rank one are allowed, and the gradient is zero.
* If `R` has rank `p` and `R F` a smaller one, there is a row `wᵀ = zᵀ R ≠ 0` with `wᵀ F = 0`. The
  matrices `R + s u wᵀ` have the same rank and the same loss, so for small `s` they are local minima
  too, and their first-order conditions give that the gradient is zero.
* If `R F` has rank `p`, it is a local minimum of the problem with the data `G`: the matrices near
  `R F` of rank at most `p` are `U R F V`, and `U R V' F` with `V' = 1 + F (V - 1) F⁺`.

## Main statements

* `DeepLinear.isMinOn_of_isLocalMinOn`: Lu and Kawaguchi, Theorem 2.2.
* `DeepLinear.exists_isMinOn_quadraticLoss`: the minimum exists.
* `DeepLinear.strictConvexOn_quadraticLoss`: a quadratic loss with a positive definite form is
  strictly convex.
* `DeepLinear.exists_whitening`: coordinates in which the inputs are the identity.
* `DeepLinear.isMinOn_of_isLocalMin`: Lu and Kawaguchi, Theorem 2.3.
* `DeepLinear.isMinOn_univ_iff_isMinOn_rank_le`: the deep minimum is the shallow one.
* `DeepLinear.isMinOn_datasetLoss_of_isLocalMinOn`: Theorem 2.2 for any data.
* `DeepLinear.isMinOn_of_isLocalMin_of_any_data`: Theorem 2.3 for any data.
* `DeepLinear.exists_isMinOn_deep_eq_shallow`: the minimum exists, for any data.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

/-! ### The shallow problem with a bound on the rank

Theorem 2.2 of Lu and Kawaguchi: a quadratic loss with a positive definite form has no bad local
minima on the matrices of rank at most `p`. After a change of variables it is `‖N - M‖²`, and what
is to be shown is Eckart and Young's theorem, for local minima. -/

variable {m n : Type*} [Fintype m] [Fintype n]

/-- The quadratic form of a positive definite matrix is strictly convex. -/
theorem strictConvexOn_quadraticLoss {Q : Matrix n n ℝ} (hQ : Q.PosDef) (C : Matrix m n ℝ) (c : ℝ) :
    StrictConvexOn ℝ Set.univ (quadraticLoss Q C c) := by
  have hsymm : Qᵀ = Q := hQ.transpose_eq
  have hpos : ∀ V : Matrix m n ℝ, V ≠ 0 → 0 < (V * Q * Vᵀ).trace := by
    intro V hV
    rw [trace_mul_mul_transpose]
    obtain ⟨i, hi⟩ : ∃ i, V i ≠ 0 := by
      by_contra! h
      exact hV (Matrix.ext fun i j => congrFun (h i) j)
    refine Finset.sum_pos' (fun i _ => ?_) ⟨i, Finset.mem_univ i, ?_⟩
    · simpa using hQ.posSemidef.dotProduct_mulVec_nonneg (V i)
    · simpa using hQ.dotProduct_mulVec_pos hi
  refine ⟨convex_univ, fun A _ B _ hAB a b ha hb hab => ?_⟩
  obtain rfl : a = 1 - b := by linarith
  have hA : A = ((1 - b) • A + b • B) + b • (A - B) := by module
  have hB : B = ((1 - b) • A + b • B) + (-(1 - b)) • (A - B) := by module
  have eA := quadraticLoss_add_smul C c ((1 - b) • A + b • B) (A - B) hsymm b
  have eB := quadraticLoss_add_smul C c ((1 - b) • A + b • B) (A - B) hsymm (-(1 - b))
  rw [← hA] at eA
  rw [← hB] at eB
  rw [smul_eq_mul, smul_eq_mul, eA, eB]
  linear_combination mul_pos (mul_pos ha hb) (hpos (A - B) (sub_ne_zero.2 hAB)) / 2

/-- A quadratic loss with a positive definite form is a squared distance, up to a constant. -/
lemma quadraticLoss_eq_sqNorm [DecidableEq n] {Q Z : Matrix n n ℝ} (hZ : IsUnit Z.det)
    (hQ : Z * Zᵀ = Q) (C : Matrix m n ℝ) (c : ℝ) (A : Matrix m n ℝ) :
    quadraticLoss Q C c A = sqNorm (C * (Z⁻¹)ᵀ - A * Z) / 2 + (c - sqNorm (C * (Z⁻¹)ᵀ) / 2) := by
  have h1 : A * Z * (C * (Z⁻¹)ᵀ)ᵀ = A * Cᵀ := by
    rw [Matrix.transpose_mul, Matrix.transpose_transpose, Matrix.mul_assoc, ← Matrix.mul_assoc Z,
      Matrix.mul_nonsing_inv _ hZ, Matrix.one_mul]
  have h2 : A * Z * (A * Z)ᵀ = A * Q * Aᵀ := by
    rw [Matrix.transpose_mul, ← hQ]
    simp only [Matrix.mul_assoc]
  rw [sub_eq_add_neg (C * (Z⁻¹)ᵀ), sqNorm_add, Matrix.transpose_neg, Matrix.mul_neg,
    Matrix.trace_neg,
    trace_mul_transpose_comm, h1, quadraticLoss, ← h2]
  simp only [sqNorm, Matrix.neg_mul, Matrix.transpose_neg, Matrix.mul_neg, neg_neg]
  ring

/-- **Lu and Kawaguchi, Theorem 2.2**: a quadratic loss whose form is positive definite has no bad
local minima on the matrices of rank at most `p`. -/
theorem isMinOn_of_isLocalMinOn {Q : Matrix n n ℝ} (hQ : Q.PosDef) (C : Matrix m n ℝ) (c : ℝ)
    {p : ℕ} {A : Matrix m n ℝ} (hA : A.rank ≤ p)
    (h : IsLocalMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} A) :
    IsMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} A := by
  classical
  obtain ⟨Z, hZ, hZQ⟩ := hQ.exists_mul_transpose_eq
  have hloss := quadraticLoss_eq_sqNorm hZ hZQ C c
  have hrank : ∀ B : Matrix m n ℝ, (B * Z).rank = B.rank := fun B =>
    rank_mul_eq_left_of_isUnit_det Z B hZ
  have hinv : ∀ B : Matrix m n ℝ, B * Z⁻¹ * Z = B := fun B => by
    rw [Matrix.mul_assoc, Matrix.nonsing_inv_mul _ hZ, Matrix.mul_one]
  have hmin : IsMinOn (fun B => sqNorm (C * (Z⁻¹)ᵀ - B)) {B | B.rank ≤ p} (A * Z) := by
    refine isMinOn_sqNorm_of_isLocalMinOn ((hrank A).trans_le hA) ?_
    have htend : Filter.Tendsto (fun B : Matrix m n ℝ => B * Z⁻¹) (𝓝[{B | B.rank ≤ p}] (A * Z))
        (𝓝[{B | B.rank ≤ p}] A) := by
      refine tendsto_nhdsWithin_iff.2 ⟨?_, ?_⟩
      · have hcont : Continuous fun B : Matrix m n ℝ => B * Z⁻¹ :=
          continuous_id.matrix_mul continuous_const
        have h0 := hcont.tendsto (A * Z)
        rw [Matrix.mul_assoc, Matrix.mul_nonsing_inv _ hZ, Matrix.mul_one] at h0
        exact h0.mono_left nhdsWithin_le_nhds
      · filter_upwards [self_mem_nhdsWithin] with B hB
        exact (rank_mul_le_left _ _).trans hB
    filter_upwards [htend.eventually h] with B hB
    rw [hloss, hloss, hinv] at hB
    linarith
  intro B hB
  have hAB : sqNorm (C * (Z⁻¹)ᵀ - A * Z) ≤ sqNorm (C * (Z⁻¹)ᵀ - B * Z) :=
    hmin ((hrank B).trans_le hB)
  change quadraticLoss Q C c A ≤ quadraticLoss Q C c B
  rw [hloss, hloss]
  linarith

/-- A quadratic loss whose form is positive definite has a minimum on the matrices of rank at most
`p`. -/
theorem exists_isMinOn_quadraticLoss {Q : Matrix n n ℝ} (hQ : Q.PosDef) (C : Matrix m n ℝ) (c : ℝ)
    (p : ℕ) :
    ∃ A : Matrix m n ℝ, A.rank ≤ p ∧ IsMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} A := by
  classical
  obtain ⟨Z, hZ, hZQ⟩ := hQ.exists_mul_transpose_eq
  obtain ⟨M, hM, hmin⟩ := exists_isMinOn_sqNorm (C * (Z⁻¹)ᵀ) p
  have hMZ : M * Z⁻¹ * Z = M := by rw [Matrix.mul_assoc, Matrix.nonsing_inv_mul _ hZ,
    Matrix.mul_one]
  refine ⟨M * Z⁻¹, (rank_mul_le_left _ _).trans hM, fun B hB => ?_⟩
  have h : sqNorm (C * (Z⁻¹)ᵀ - M) ≤ sqNorm (C * (Z⁻¹)ᵀ - B * Z) :=
    hmin ((rank_mul_le_left B Z).trans hB)
  change quadraticLoss Q C c (M * Z⁻¹) ≤ quadraticLoss Q C c B
  rw [quadraticLoss_eq_sqNorm hZ hZQ, quadraticLoss_eq_sqNorm hZ hZQ, hMZ]
  linarith

/-- Coordinates in which the inputs are the identity: the loss of `A` is the distance of `A Z` to
`N`, up to a constant. -/
lemma exists_whitening {s : Type*} [Fintype s] [DecidableEq n]
    {X : Matrix n s ℝ} (hX : (X * Xᵀ).PosDef) (Y : Matrix m s ℝ) :
    ∃ (Z : Matrix n n ℝ) (N : Matrix m n ℝ), IsUnit Z.det ∧ (∀ A : Matrix m n ℝ,
      (A * X - Y) * Xᵀ = -((N - A * Z) * Zᵀ) ∧ sqNorm (A * X) = sqNorm (A * Z)) ∧
      ∀ A B, datasetLoss X Y A ≤ datasetLoss X Y B ↔ sqNorm (N - A * Z) ≤ sqNorm (N - B * Z) := by
  obtain ⟨Z, hZ, hZQ⟩ := hX.exists_mul_transpose_eq
  have hNZ : Y * Xᵀ * (Z⁻¹)ᵀ * Zᵀ = Y * Xᵀ := by
    rw [Matrix.mul_assoc, ← Matrix.transpose_mul, Matrix.mul_nonsing_inv _ hZ,
      Matrix.transpose_one, Matrix.mul_one]
  refine ⟨Z, Y * Xᵀ * (Z⁻¹)ᵀ, hZ, fun A => ⟨?_, ?_⟩, fun A B => ?_⟩
  · rw [Matrix.sub_mul, Matrix.sub_mul, hNZ, neg_sub, Matrix.mul_assoc A Z, hZQ, Matrix.mul_assoc]
  · rw [sqNorm, sqNorm, Matrix.transpose_mul, Matrix.transpose_mul, Matrix.mul_assoc,
      ← Matrix.mul_assoc X, ← hZQ]
    simp only [Matrix.mul_assoc]
  · rw [datasetLoss_eq_quadraticLoss, quadraticLoss_eq_sqNorm hZ hZQ,
      quadraticLoss_eq_sqNorm hZ hZQ]
    constructor <;> intro h <;> linarith

section Main

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- Every local minimum of a deep linear network under a quadratic loss is global, if the form is
positive definite. -/
theorem isMinOn_of_isLocalMin_quadraticLoss (W : Weights ι ℝ) {Q : Matrix (ι 0) (ι 0) ℝ}
    (hQ : Q.PosDef) (C : Matrix (ι (Fin.last H)) (ι 0) ℝ) (c : ℝ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W := by
  rcases Nat.eq_zero_or_pos H with rfl | hH
  · exact fun W' _ => (congrArg (fun W => quadraticLoss Q C c (endToEnd W))
      (Subsingleton.elim W W')).le
  have hlocal := isLocalMinOn_of_isLocalMin hH (strictConvexOn_quadraticLoss hQ C c).convexOn
    (hasGateauxDerivAt_quadraticLoss hQ.transpose_eq C c _) hW
  have hmin := isMinOn_of_isLocalMinOn hQ C c (rank_endToEnd_le W) hlocal
  exact fun W' _ => hmin (rank_endToEnd_le W')

/-- **Lu and Kawaguchi, Theorem 2.3**, values, for every loss whatever: weights minimize the loss
over all weights if and only if their end-to-end matrix minimizes it over the matrices of rank at
most the bottleneck width. -/
theorem isMinOn_univ_iff_isMinOn_rank_le {β : Type*} [Preorder β] (hH : 1 ≤ H)
    (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → β) (W : Weights ι ℝ) :
    IsMinOn (fun W : Weights ι ℝ => l (endToEnd W)) Set.univ W ↔
      IsMinOn l {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  refine ⟨fun h A hA => ?_, fun h W' _ => h (rank_endToEnd_le W')⟩
  obtain ⟨W', rfl⟩ := exists_endToEnd_eq hH hA
  exact h (Set.mem_univ W')

/-- The minimum of the deep problem under a quadratic loss exists, and it is the minimum of the
shallow problem. -/
theorem exists_isMinOn_quadraticLoss_endToEnd (hH : 1 ≤ H) {Q : Matrix (ι 0) (ι 0) ℝ}
    (hQ : Q.PosDef) (C : Matrix (ι (Fin.last H)) (ι 0) ℝ) (c : ℝ) :
    ∃ W : Weights ι ℝ,
      IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W ∧
        IsMinOn (quadraticLoss Q C c) {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  obtain ⟨A, hA, hmin⟩ := exists_isMinOn_quadraticLoss hQ C c (bottleneck ι)
  obtain ⟨W, rfl⟩ := exists_endToEnd_eq hH hA
  exact ⟨W, fun W' _ => hmin (rank_endToEnd_le W'), hmin⟩

/-- **Lu and Kawaguchi, Theorem 2.3**: if `X Xᵀ` is positive definite, then every local minimum of
the dataset loss of a deep linear network is a global minimum, whatever the widths are. -/
theorem isMinOn_of_isLocalMin {s : Type*} [Fintype s] (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (hX : (X * Xᵀ).PosDef)
    (hW : IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W := by
  rw [datasetLoss_eq_quadraticLoss] at hW ⊢
  exact isMinOn_of_isLocalMin_quadraticLoss W hX _ _ hW

end Main

section AnyData

variable {s : Type*} [Fintype s]

omit [Fintype m] in
/-- The derivative at a local minimum of bounded rank vanishes in the directions that keep the
bound. -/
lemma apply_eq_zero_of_isLocalMinOn {l : Matrix m n ℝ → ℝ} {l' : Matrix m n ℝ →ₗ[ℝ] ℝ}
    {R V : Matrix m n ℝ} {p : ℕ} (hl : HasGateauxDerivAt l l' R)
    (h : IsLocalMinOn l {A | A.rank ≤ p} R) (hV : ∀ t : ℝ, (R + t • V).rank ≤ p) : l' V = 0 := by
  have htend : Filter.Tendsto (fun t : ℝ => R + t • V) (𝓝 0) (𝓝[{A | A.rank ≤ p}] R) := by
    exact tendsto_nhdsWithin_iff.2 ⟨tendsto_add_smul R V, Filter.Eventually.of_forall hV⟩
  have hmin : IsLocalMin (fun t : ℝ => l (R + t • V)) 0 := by
    filter_upwards [htend.eventually h] with t ht
    simpa using ht
  exact hmin.hasDerivAt_eq_zero (hl V)

/-- The loss on the data `F G` is that on the data `G`, for the predictor times `F`. -/
lemma datasetLoss_mul {r : ℕ} (F : Matrix n (Fin r) ℝ) (G : Matrix (Fin r) s ℝ) (Y : Matrix m s ℝ)
    (A : Matrix m n ℝ) : datasetLoss (F * G) Y A = datasetLoss G Y (A * F) := by
  rw [datasetLoss, datasetLoss, Matrix.mul_assoc]

/-- The shallow problem with a bound on the rank has a minimum, whatever the data are. -/
theorem exists_isMinOn_datasetLoss (X : Matrix n s ℝ) (Y : Matrix m s ℝ) (p : ℕ) :
    ∃ A : Matrix m n ℝ, A.rank ≤ p ∧ IsMinOn (datasetLoss X Y) {A | A.rank ≤ p} A := by
  classical
  obtain ⟨r, F, G, F', G', -, hX, hF, hG⟩ := X.exists_fullRank_factorization
  subst hX
  have hpos : (G * Gᵀ).PosDef := posDef_mul_transpose_of_mul_eq_one hG
  obtain ⟨B, hB, hmin⟩ :=
    exists_isMinOn_quadraticLoss hpos (Y * Gᵀ) ((Y * Yᵀ).trace / 2) p
  rw [← datasetLoss_eq_quadraticLoss] at hmin
  refine ⟨B * F', (rank_mul_le_left _ _).trans hB, fun A hA => ?_⟩
  have h : datasetLoss G Y B ≤ datasetLoss G Y (A * F) := hmin ((rank_mul_le_left A F).trans hA)
  change datasetLoss (F * G) Y (B * F') ≤ datasetLoss (F * G) Y A
  rwa [datasetLoss_mul, datasetLoss_mul, Matrix.mul_assoc, hF, Matrix.mul_one]

section LocalMin

variable {X : Matrix n s ℝ} {Y : Matrix m s ℝ} {p : ℕ} {R : Matrix m n ℝ}

/-- The gradient at a local minimum `T` of bounded rank, against what has the columns of `T`. -/
lemma innerProduct_mul_eq_zero {T : Matrix m n ℝ} (hT : T.rank ≤ p) (hTX : T * X = R * X)
    (hTmin : IsLocalMinOn (datasetLoss X Y) {A | A.rank ≤ p} T) (K : Matrix n n ℝ) :
    innerProduct ((R * X - Y) * Xᵀ) (T * K) = 0 := by
  classical
  have hTderiv := hasGateauxDerivAt_datasetLoss X Y T
  rw [hTX] at hTderiv
  refine apply_eq_zero_of_isLocalMinOn hTderiv hTmin fun a => ?_
  rw [show T + a • (T * K) = T * (1 + a • K) by
    rw [Matrix.mul_add, Matrix.mul_one, Matrix.mul_smul]]
  exact (rank_mul_le_left _ _).trans hT

/-- If `F` does not see all of the row space of `R`, then a row of it can be moved without changing
the loss, and the gradient at a local minimum vanishes. -/
lemma innerProduct_eq_zero_of_rank_mul_lt {r : ℕ} {F : Matrix n (Fin r) ℝ}
    {G : Matrix (Fin r) s ℝ} (hX : X = F * G) (hR : R.rank ≤ p) (hlt : (R * F).rank < R.rank)
    (h : IsLocalMinOn (datasetLoss X Y) {A | A.rank ≤ p} R) :
    innerProduct ((R * X - Y) * Xᵀ) = 0 := by
  classical
  obtain ⟨z, hz, hFz⟩ := exists_mulVec_ne_zero_of_rank_lt Fᵀ Rᵀ (by
    rwa [← Matrix.transpose_mul, rank_transpose, rank_transpose])
  set w := Rᵀ *ᵥ z
  refine linearMap_eq_zero_of_vecMulVec _ fun u y => ?_
  let Rs : ℝ → Matrix m n ℝ := fun t => R + t • vecMulVec u w
  have hRs : ∀ t, Rs t = (1 + t • vecMulVec u z) * R := by
    intro t
    rw [Matrix.add_mul, Matrix.one_mul, Matrix.smul_mul, vecMulVec_mul,
      ← Matrix.mulVec_transpose]
  have hrank : ∀ t, (Rs t).rank ≤ p := fun t => by
    rw [hRs]
    exact (rank_mul_le_right _ _).trans hR
  have hRsX : ∀ t, Rs t * X = R * X := by
    intro t
    have hwF : w ᵥ* F = 0 := by rw [← Matrix.mulVec_transpose, hFz]
    have hwX : vecMulVec u w * X = 0 := by
      rw [vecMulVec_mul, hX, ← Matrix.vecMul_vecMul, hwF, Matrix.zero_vecMul]
      ext
      simp [vecMulVec_apply]
    rw [Matrix.add_mul, Matrix.smul_mul, hwX, smul_zero, add_zero]
  have htend : Filter.Tendsto Rs (𝓝 0) (𝓝[{A | A.rank ≤ p}] R) := by
    refine tendsto_nhdsWithin_iff.2 ⟨?_, Filter.Eventually.of_forall hrank⟩
    have hcont : Continuous Rs := by fun_prop
    exact hcont.tendsto' 0 R (by simp [Rs])
  obtain ⟨t, ht, ht0⟩ : ∃ t : ℝ,
      IsLocalMinOn (datasetLoss X Y) {A | A.rank ≤ p} (Rs t) ∧ t ≠ 0 := by
    have hev : ∀ᶠ t in 𝓝[≠] (0 : ℝ),
        IsLocalMinOn (datasetLoss X Y) {A | A.rank ≤ p} (Rs t) := by
      filter_upwards [nhdsWithin_le_nhds (htend.eventually h.eventually_isLocalMinOn)] with t ht
      exact ht (by rw [datasetLoss, datasetLoss, hRsX])
    exact (hev.and self_mem_nhdsWithin).exists
  have e1 := innerProduct_mul_eq_zero (hrank t) (hRsX t) ht (vecMulVec w y)
  have e0 := innerProduct_mul_eq_zero hR rfl h (vecMulVec w y)
  rw [Matrix.add_mul, map_add, e0, zero_add, Matrix.smul_mul, vecMulVec_mul_vecMulVec, map_smul,
    vecMulVec_smul, map_smul] at e1
  refine (smul_eq_zero.1 ((smul_eq_zero.1 e1).resolve_left ht0)).resolve_left ?_
  exact fun h0 => hz (dotProduct_self_eq_zero.1 h0)

/-- If `R F` has the rank of `R`, then it is a local minimum of the problem with the data `G`. -/
lemma isLocalMinOn_mul_of_rank_eq {r : ℕ} {F : Matrix n (Fin r) ℝ} {G : Matrix (Fin r) s ℝ}
    {F' : Matrix (Fin r) n ℝ} (hF : F' * F = 1) (hR : R.rank ≤ p) (hRF : (R * F).rank = p)
    (h : IsLocalMinOn (datasetLoss (F * G) Y) {A | A.rank ≤ p} R) :
    IsLocalMinOn (datasetLoss G Y) {A | A.rank ≤ p} (R * F) := by
  classical
  obtain ⟨U, V, hU, hV, hU1, hV1, hUV⟩ := exists_continuousAt_mul_mul_eq (R * F)
  let f : Matrix m (Fin r) ℝ → Matrix m n ℝ := fun S => U S * R * (1 + F * (V S - 1) * F')
  have hfF : ∀ S, f S * F = U S * (R * F) * V S := by
    intro S
    have h1 : (1 + F * (V S - 1) * F') * F = F * V S := by
      rw [Matrix.add_mul, Matrix.one_mul, Matrix.mul_assoc, hF, Matrix.mul_one, Matrix.mul_sub,
        Matrix.mul_one]
      abel
    rw [Matrix.mul_assoc, h1]
    simp only [Matrix.mul_assoc]
  have hf : Filter.Tendsto f (𝓝[{A | A.rank ≤ p}] (R * F)) (𝓝[{A | A.rank ≤ p}] R) := by
    refine tendsto_nhdsWithin_iff.2 ⟨?_, Filter.Eventually.of_forall fun S => ?_⟩
    · have hUV' : Filter.Tendsto (fun S => (U S, V S)) (𝓝 (R * F)) (𝓝 (1, 1)) := by
        simpa only [ContinuousAt, hU1, hV1] using hU.prodMk hV
      have hg : Continuous fun q : Matrix m m ℝ × Matrix (Fin r) (Fin r) ℝ =>
          q.1 * R * (1 + F * (q.2 - 1) * F') := by
        have h1 : Continuous fun q : Matrix m m ℝ × Matrix (Fin r) (Fin r) ℝ => q.2 - 1 := by
          fun_prop
        exact (continuous_fst.matrix_mul continuous_const).matrix_mul
          (continuous_const.add ((continuous_const.matrix_mul h1).matrix_mul continuous_const))
      have hone := hg.tendsto (1, 1)
      rw [Matrix.one_mul, sub_self, Matrix.mul_zero, Matrix.zero_mul, add_zero,
        Matrix.mul_one] at hone
      exact (hone.comp hUV').mono_left nhdsWithin_le_nhds
    · exact (rank_mul_le_left _ _).trans ((rank_mul_le_right _ _).trans hR)
  filter_upwards [hf.eventually h, nhdsWithin_le_nhds hUV,
    self_mem_nhdsWithin] with S hS hS' hrank
  rw [datasetLoss_mul, datasetLoss_mul, hfF, hS' (hrank.trans_eq hRF.symm)] at hS
  exact hS

end LocalMin

/-- **Lu and Kawaguchi, Theorem 2.2**, for any data: the shallow problem with a bound on the rank
has no bad local minima. -/
theorem isMinOn_datasetLoss_of_isLocalMinOn (X : Matrix n s ℝ) (Y : Matrix m s ℝ) {p : ℕ}
    {R : Matrix m n ℝ} (hR : R.rank ≤ p) (h : IsLocalMinOn (datasetLoss X Y) {A | A.rank ≤ p} R) :
    IsMinOn (datasetLoss X Y) {A | A.rank ≤ p} R := by
  classical
  have hderiv := hasGateauxDerivAt_datasetLoss X Y R
  -- where the derivative vanishes the loss is minimal over all matrices
  have hdone : innerProduct ((R * X - Y) * Xᵀ) = 0 → IsMinOn (datasetLoss X Y) {A | A.rank ≤ p} R :=
    fun h0 => (isMinOn_of_hasGateauxDerivAt_zero (convexOn_datasetLoss X Y)
      (h0 ▸ hderiv)).on_subset (Set.subset_univ _)
  rcases hR.lt_or_eq with hlt | heq
  · refine hdone (linearMap_eq_zero_of_vecMulVec _ fun v w => ?_)
    exact apply_eq_zero_of_isLocalMinOn hderiv h fun t =>
      (rank_add_smul_vecMulVec_le R t v w).trans hlt
  obtain ⟨r, F, G, F', G', -, hX, hF, hG⟩ := X.exists_fullRank_factorization
  rcases (rank_mul_le_left R F).lt_or_eq with hlt | hRF
  · exact hdone (innerProduct_eq_zero_of_rank_mul_lt hX hR hlt h)
  have hpos : (G * Gᵀ).PosDef := posDef_mul_transpose_of_mul_eq_one hG
  subst hX
  have hlocal := isLocalMinOn_mul_of_rank_eq hF hR (hRF.trans heq) h
  have hmin : IsMinOn (datasetLoss G Y) {A | A.rank ≤ p} (R * F) := by
    rw [datasetLoss_eq_quadraticLoss] at hlocal ⊢
    exact isMinOn_of_isLocalMinOn hpos _ _ (hRF.trans heq).le hlocal
  intro A hA
  have hAF : datasetLoss G Y (R * F) ≤ datasetLoss G Y (A * F) :=
    hmin ((rank_mul_le_left A F).trans hA)
  change datasetLoss (F * G) Y R ≤ datasetLoss (F * G) Y A
  rwa [datasetLoss_mul, datasetLoss_mul]

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

variable (ι) in
/-- **Lu and Kawaguchi, Theorem 2.3**, existence, for any data: the minimum of the deep problem
exists, and it is the minimum of the shallow problem over the matrices of rank at most the
bottleneck width. -/
theorem exists_isMinOn_deep_eq_shallow (hH : 1 ≤ H) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) :
    ∃ W : Weights ι ℝ, IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W ∧
      IsMinOn (datasetLoss X Y) {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  obtain ⟨A, hA, hmin⟩ := exists_isMinOn_datasetLoss X Y (bottleneck ι)
  obtain ⟨W, rfl⟩ := exists_endToEnd_eq hH hA
  exact ⟨W, (isMinOn_univ_iff_isMinOn_rank_le hH _ W).2 hmin, hmin⟩

/-- **Lu and Kawaguchi, Theorem 2.3**, for any data: every local minimum of the dataset loss of a
deep linear network is a global minimum, whatever the widths and the data are. -/
theorem isMinOn_of_isLocalMin_of_any_data (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W := by
  rcases Nat.eq_zero_or_pos H with rfl | hH
  · exact fun W' _ => (congrArg (fun W => datasetLoss X Y (endToEnd W))
      (Subsingleton.elim W W')).le
  have hlocal := isLocalMinOn_of_isLocalMin hH (convexOn_datasetLoss X Y)
    (hasGateauxDerivAt_datasetLoss X Y _) hW
  have hmin := isMinOn_datasetLoss_of_isLocalMinOn X Y (rank_endToEnd_le W) hlocal
  exact fun W' _ => hmin (rank_endToEnd_le W')

end AnyData

end DeepLinear
