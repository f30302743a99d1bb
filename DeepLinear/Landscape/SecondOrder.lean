/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.ForMathlib.Analysis.Matrix.BestApproximation
public import DeepLinear.Landscape.Saddles

/-!
# Every critical point classified

Let `X Xᵀ` be positive definite, `W` critical, `R` its end-to-end matrix, `G = (R X - Y) Xᵀ`. A pair
of layers `j < k` is tight if the product of the layers strictly between them has the rank of `R`,
or `T_kᵀ G S_jᵀ = 0`. Then `W` has no direction of negative curvature if and only if `R` minimizes
the loss among the matrices of rank at most `rank R` and all pairs are tight. No width is excluded
and no singular values are used.

At tight pairs the second derivative sees only how the end-to-end matrix moves, and the second-order
inequality at a best approximation applies. A pair that is not tight gives a direction. So does a
product that is not minimal at its rank: where a vector of its row space carries less of the data
than one beside it, the outer factors turn the one into the other (Kawaguchi's rotation).

## Main definitions

* `DeepLinear.IsTight W G`: all pairs of layers are tight.

## Main statements

* `DeepLinear.exists_rotation_neg`: Kawaguchi's rotation.
* `DeepLinear.not_isStrictSaddle_iff`: the critical points without negative curvature.
* `DeepLinear.isMinOn_or_isStrictSaddle_or_flat`: the three kinds of critical points.

## References

* K. Kawaguchi, *Deep Learning without Poor Local Minima*, arXiv:1605.07110, Theorem 2.3 (iv).
* E. M. Achour, F. Malgouyres, S. Gerchinovitz, *The loss landscape of deep linear neural networks:
  a second-order analysis*, arXiv:2107.13289, for distinct singular values.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

/-- The rotation behind Kawaguchi 2016, Theorem 2.3 (iv): a critical product `B M A` that is not
minimal among the matrices of its rank has a direction of negative curvature that moves the outer
factors only. -/
theorem exists_rotation_neg {m n s h₁ h₂ : Type*} [Fintype m] [Fintype n] [Fintype s]
    [Fintype h₁] [Fintype h₂] {X : Matrix n s ℝ} {Y : Matrix m s ℝ} (hX : (X * Xᵀ).PosDef)
    {B : Matrix m h₂ ℝ} {M : Matrix h₂ h₁ ℝ} {A : Matrix h₁ n ℝ}
    (h1 : (B * M)ᵀ * ((B * M * A * X - Y) * Xᵀ) = 0)
    (h2 : (B * M * A * X - Y) * Xᵀ * (M * A)ᵀ = 0)
    (hmin : ¬ IsMinOn (datasetLoss X Y) {C | C.rank ≤ (B * M * A).rank} (B * M * A)) :
    ∃ V₁ V₂, sqNorm ((V₂ * (M * A) + B * M * V₁) * X) +
      2 * ((B * M * A * X - Y) * Xᵀ * (V₂ * (M * V₁))ᵀ).trace < 0 := by
  classical
  obtain ⟨Z, N, hZ, hGZ, hle⟩ := exists_whitening hX Y
  obtain ⟨R, hR⟩ : ∃ R, R = B * M * A := ⟨_, rfl⟩
  rw [← hR] at h1 h2 hmin ⊢
  obtain ⟨hG, -⟩ := hGZ R
  rw [hG, Matrix.mul_neg, neg_eq_zero, ← Matrix.mul_assoc] at h1
  rw [hG, Matrix.neg_mul, neg_eq_zero] at h2
  have hZt : IsUnit (Zᵀ).det := by rwa [Matrix.det_transpose]
  have hEM : (N - R * Z) * (R * Z)ᵀ = 0 := by
    have h : (R * Z)ᵀ = Zᵀ * (M * A)ᵀ * Bᵀ := by
      simp only [hR, Matrix.transpose_mul, Matrix.mul_assoc]
    rw [h, ← Matrix.mul_assoc, ← Matrix.mul_assoc, h2, Matrix.zero_mul]
  have h1' : (B * M)ᵀ * (N - R * Z) = 0 := by
    have h := congrArg (· * (Zᵀ)⁻¹) h1
    simpa only [Matrix.mul_assoc, Matrix.mul_nonsing_inv _ hZt, Matrix.mul_one, Matrix.zero_mul]
      using h
  have hME : (R * Z)ᵀ * (N - R * Z) = 0 := by
    have h : (R * Z)ᵀ = (A * Z)ᵀ * (B * M)ᵀ := by
      rw [hR, Matrix.mul_assoc (B * M), Matrix.transpose_mul]
    rw [h, Matrix.mul_assoc, h1', Matrix.mul_zero]
  obtain ⟨P, hP, hPP, hMP, htr, X', hPX⟩ := (R * Z).exists_rowProj
  obtain ⟨e, b, hPe, hPb, he, hb, hlt⟩ : ∃ e b : n → ℝ, P *ᵥ e = e ∧ P *ᵥ b = 0 ∧ e ⬝ᵥ e = 1 ∧
      b ⬝ᵥ b = 1 ∧ e ⬝ᵥ (Nᵀ * N) *ᵥ e < b ⬝ᵥ (Nᵀ * N) *ᵥ b := by
    by_contra! hall
    refine hmin fun C hC => (hle R C).2 ?_
    refine isMinOn_sqNorm_of_rotation hEM hME hP hPP hMP htr hPX hall ?_
    change (C * Z).rank ≤ (R * Z).rank
    rw [rank_mul_eq_left_of_isUnit_det Z C hZ, rank_mul_eq_left_of_isUnit_det Z R hZ]
    exact hC
  have hRe : (R * Z) *ᵥ e = N *ᵥ e := by
    rw [← mul_projector_eq hEM hP hMP hPX, ← Matrix.mulVec_mulVec, hPe]
  have hRb : (R * Z) *ᵥ b = 0 := by rw [← hMP, ← Matrix.mulVec_mulVec, hPb, Matrix.mulVec_zero]
  obtain ⟨z, hz⟩ : ∃ z, z ᵥ* (M * A * Z) = e := by
    refine ⟨(e ᵥ* X') ᵥ* B, ?_⟩
    rw [Matrix.vecMul_vecMul, ← Matrix.mul_assoc, ← Matrix.mul_assoc, ← hR, Matrix.vecMul_vecMul,
      ← hPX, ← Matrix.mulVec_transpose, hP, hPe]
  have hbZ : ∀ u : m → ℝ, vecMulVec u (b ᵥ* Z⁻¹) * Z = vecMulVec u b := fun u => by
    rw [vecMulVec_mul, Matrix.vecMul_vecMul, Matrix.nonsing_inv_mul _ hZ, Matrix.vecMul_one]
  refine ⟨vecMulVec ((A * Z) *ᵥ e) (b ᵥ* Z⁻¹), vecMulVec (N *ᵥ b) z, ?_⟩
  have e1 : vecMulVec (N *ᵥ b) z * (M * A) * Z = vecMulVec (N *ᵥ b) e := by
    rw [Matrix.mul_assoc, vecMulVec_mul, hz]
  have e2 : B * M * vecMulVec ((A * Z) *ᵥ e) (b ᵥ* Z⁻¹) * Z = vecMulVec (N *ᵥ e) b := by
    rw [mul_vecMulVec, Matrix.mulVec_mulVec, ← Matrix.mul_assoc, ← hR, hRe, hbZ]
  have e3 : vecMulVec (N *ᵥ b) z * (M * vecMulVec ((A * Z) *ᵥ e) (b ᵥ* Z⁻¹)) =
      vecMulVec (N *ᵥ b) (b ᵥ* Z⁻¹) := by
    rw [mul_vecMulVec, vecMulVec_mul_vecMulVec, Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
      ← Matrix.mul_assoc, hz, he, one_smul]
  rw [(hGZ _).2, Matrix.add_mul, e1, e2, e3, hG, Matrix.neg_mul, Matrix.trace_neg,
    Matrix.mul_assoc (N - R * Z), ← Matrix.transpose_mul, hbZ,
    sqNorm_vecMulVec_add_vecMulVec hP hPe hPb he hb, trace_mul_transpose_vecMulVec,
    Matrix.sub_mulVec, hRb, sub_zero, ← dotProduct_transpose_mul_mulVec]
  linarith

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- A pair of layers is tight if the layers between them have no larger rank than the whole network,
or the gradient does not see the pair. -/
def IsTight (W : Weights ι ℝ) (G : Matrix (ι (Fin.last H)) (ι 0) ℝ) : Prop :=
  ∀ j k : Fin H, j < k → (between W j.succ k.castSucc).rank = (endToEnd W).rank ∨
    (tail W k.succ)ᵀ * G * (head W j.castSucc)ᵀ = 0

variable {W : Weights ι ℝ} {G : Matrix (ι (Fin.last H)) (ι 0) ℝ}

lemma tail_mul_mul_head_eq_zero (hG : ∀ k, layerGradient W G k = 0) {j k : Fin H} (h : k ≤ j) :
    (tail W k.succ)ᵀ * G * (head W j.castSucc)ᵀ = 0 := by
  have hle : k.castSucc ≤ j.castSucc := Fin.castSucc_le_castSucc_iff.2 h
  have hk : (tail W k.succ)ᵀ * G * (head W k.castSucc)ᵀ = 0 := hG k
  rw [← between_mul_head W hle, Matrix.transpose_mul, ← Matrix.mul_assoc, hk, Matrix.zero_mul]

lemma tail_mul_between_mul_head (W : Weights ι ℝ) {j k : Fin H} (h : j < k) :
    tail W k.castSucc * between W j.succ k.castSucc * head W j.succ = endToEnd W := by
  rw [tail_mul_between W (Fin.succ_le_castSucc_iff.2 h), tail_mul_head]

/-- At a critical point with tight pairs the second derivative sees only how the end-to-end matrix
moves. -/
lemma trace_mul_headDeriv₂ (hG : ∀ k, layerGradient W G k = 0) (ht : IsTight W G)
    {K : Matrix (ι 0) (ι (Fin.last H)) ℝ} (hK : endToEnd W * K * endToEnd W = endToEnd W)
    (V : Weights ι ℝ) : (G * (headDeriv₂ W V V (Fin.last H))ᵀ).trace =
      2 * (G * (headDeriv W V (Fin.last H) * K * headDeriv W V (Fin.last H))ᵀ).trace := by
  have hterm : ∀ k j : Fin H,
      (G * (tail W k.succ * V k * between W j.succ k.castSucc * (V j * head W j.castSucc))ᵀ).trace =
      (G * (tail W k.succ * (V k * head W k.castSucc) * K *
        (tail W j.succ * (V j * head W j.castSucc)))ᵀ).trace := by
    intro k j
    have hz : (tail W k.succ)ᵀ * G * (head W j.castSucc)ᵀ = 0 →
        ∀ Z, (G * (tail W k.succ * Z * head W j.castSucc)ᵀ).trace = 0 :=
      fun h Z => trace_mul_transpose_mul_mul_eq_zero h Z
    have e1 : tail W k.succ * V k * between W j.succ k.castSucc * (V j * head W j.castSucc) =
        tail W k.succ * (V k * between W j.succ k.castSucc * V j) * head W j.castSucc := by
      simp only [Matrix.mul_assoc]
    have e2 : tail W k.succ * (V k * head W k.castSucc) * K *
        (tail W j.succ * (V j * head W j.castSucc)) =
        tail W k.succ * (V k * head W k.castSucc * K * tail W j.succ * V j) *
          head W j.castSucc := by
      simp only [Matrix.mul_assoc]
    rcases le_or_gt k j with hkj | hjk
    · have h := hz (tail_mul_mul_head_eq_zero hG hkj)
      rw [e1, e2, h, h]
    · rcases ht j k hjk with hr | h0
      · have hR := tail_mul_between_mul_head W hjk
        have hle : j.succ ≤ k.castSucc := Fin.succ_le_castSucc_iff.2 hjk
        have hM := eq_mul_mul_of_rank_eq (T := tail W k.castSucc)
          (M := between W j.succ k.castSucc) (S := head W j.succ) (X := K)
          (by rw [hR, hr]) (by rw [hR, hK])
        rw [between_mul_head W hle, tail_mul_between W hle] at hM
        rw [e2]
        conv_lhs => rw [hM]
        simp only [Matrix.mul_assoc]
      · have h := hz h0
        rw [e1, e2, h, h]
  have hD : headDeriv W V (Fin.last H) =
      ∑ k : Fin H, tail W k.succ * (V k * head W k.castSucc) := by
    rw [headDeriv_eq_sum]
    exact Finset.sum_congr rfl fun k _ => by rw [between_last]
  rw [headDeriv₂_last, hD, Matrix.transpose_smul, Matrix.mul_smul, Matrix.trace_smul, smul_eq_mul]
  congr 1
  simp only [Matrix.sum_mul, Matrix.mul_sum, Matrix.transpose_sum, Matrix.trace_sum]
  rw [Finset.sum_comm]
  exact Finset.sum_congr rfl fun j _ => Finset.sum_congr rfl fun k _ => hterm k j

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

lemma datasetHessian_eq (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (V : Weights ι ℝ) :
    datasetHessian W X Y V V = sqNorm (headDeriv W V (Fin.last H) * X) +
      ((endToEnd W * X - Y) * Xᵀ * (headDeriv₂ W V V (Fin.last H))ᵀ).trace := by
  rw [datasetHessian, sqNorm, Matrix.transpose_mul (headDeriv₂ W V V (Fin.last H)) X,
    Matrix.mul_assoc (endToEnd W * X - Y)]

lemma layerGradient_eq_zero_of_isCritical (hW : IsCritical W (datasetLoss X Y)) (k : Fin H) :
    layerGradient W ((endToEnd W * X - Y) * Xᵀ) k = 0 :=
  (isCritical_datasetLoss_iff W X Y).1 hW k

/-- A best approximation of its own rank with tight pairs has no direction of negative curvature. -/
theorem datasetHessian_nonneg (hX : (X * Xᵀ).PosDef) (hW : IsCritical W (datasetLoss X Y))
    (hmin : IsMinOn (datasetLoss X Y) {A | A.rank ≤ (endToEnd W).rank} (endToEnd W))
    (ht : IsTight W ((endToEnd W * X - Y) * Xᵀ)) (V : Weights ι ℝ) :
    0 ≤ datasetHessian W X Y V V := by
  set R := endToEnd W with hRdef
  obtain ⟨Z, N, hZ, hGZ, hle⟩ := exists_whitening hX Y
  have hrank : ∀ A : Matrix (ι (Fin.last H)) (ι 0) ℝ, (A * Z).rank = A.rank := fun A =>
    rank_mul_eq_left_of_isUnit_det Z A hZ
  have hinv : ∀ A : Matrix (ι (Fin.last H)) (ι 0) ℝ, A * Z⁻¹ * Z = A := fun A => by
    rw [Matrix.mul_assoc, Matrix.nonsing_inv_mul _ hZ, Matrix.mul_one]
  have hminM : IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ (R * Z).rank} (R * Z) := by
    intro A hA
    have h : datasetLoss X Y R ≤ datasetLoss X Y (A * Z⁻¹) := by
      refine hmin ((rank_mul_le_left _ _).trans ?_)
      rw [← hrank R]
      exact hA
    rw [hle, hinv] at h
    exact h
  obtain ⟨hEM, hME⟩ := mul_transpose_eq_zero_of_isLocalMinOn le_rfl hminM.localize
  obtain ⟨P, hP, hPP, hMP, -, X₀, hPX⟩ := (R * Z).exists_rowProj
  obtain ⟨X', hX', hcurv⟩ := exists_ginv_two_mul_trace_le hEM hME hP hPP hMP hPX
    fun e b he hb => rotation_le_of_isMinOn hminM hP hPP hMP hPX he hb
  have hK : R * (Z * X') * R = R := by
    have h : (R * (Z * X') * R) * Z = R * Z := by
      simpa only [Matrix.mul_assoc] using hX'
    have h2 := congrArg (· * Z⁻¹) h
    simpa only [Matrix.mul_assoc, Matrix.mul_nonsing_inv _ hZ, Matrix.mul_one] using h2
  set D := headDeriv W V (Fin.last H) with hD
  rw [datasetHessian_eq, trace_mul_headDeriv₂ (layerGradient_eq_zero_of_isCritical hW) ht hK V,
    ← hD, (hGZ D).2]
  have htr : ((R * X - Y) * Xᵀ * (D * (Z * X') * D)ᵀ).trace =
      -((N - R * Z) * (D * Z * X' * (D * Z))ᵀ).trace := by
    rw [(hGZ R).1, Matrix.neg_mul, Matrix.trace_neg]
    simp only [Matrix.transpose_mul, Matrix.mul_assoc]
  have h := hcurv (D * Z)
  rw [← hRdef, htr]
  linarith

/-- The second derivative in a direction that moves two layers only. -/
lemma datasetHessian_single_add_single (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) {j k : Fin H} (hjk : j < k)
    (A : Matrix (ι k.succ) (ι k.castSucc) ℝ) (B : Matrix (ι j.succ) (ι j.castSucc) ℝ) :
    datasetHessian W X Y (Pi.single k A + Pi.single j B) (Pi.single k A + Pi.single j B) =
      sqNorm ((tail W k.succ * (A * head W k.castSucc) +
        tail W j.succ * (B * head W j.castSucc)) * X) +
      2 * ((endToEnd W * X - Y) * Xᵀ * (tail W k.succ *
        (A * (between W j.succ k.castSucc * (B * head W j.castSucc))))ᵀ).trace := by
  set V : Weights ι ℝ := Pi.single k A + Pi.single j B with hV
  have hsum : ∀ {α : Type _} [AddCommMonoid α]
      (f : ∀ i : Fin H, Matrix (ι i.succ) (ι i.castSucc) ℝ → α) (_ : ∀ i, f i 0 = 0)
      (_ : ∀ i A B, f i (A + B) = f i A + f i B), ∑ i, f i (V i) = f k A + f j B := by
    intro α _ f h0 hadd
    have e1 : ∑ i, f i ((Pi.single k A : Weights ι ℝ) i) = f k A := by
      rw [Finset.sum_eq_single k, Pi.single_eq_same]
      · intro i _ hi
        rw [Pi.single_eq_of_ne hi, h0]
      · exact fun h => absurd (Finset.mem_univ k) h
    have e2 : ∑ i, f i ((Pi.single j B : Weights ι ℝ) i) = f j B := by
      rw [Finset.sum_eq_single j, Pi.single_eq_same]
      · intro i _ hi
        rw [Pi.single_eq_of_ne hi, h0]
      · exact fun h => absurd (Finset.mem_univ j) h
    rw [← e1, ← e2, ← Finset.sum_add_distrib]
    exact Finset.sum_congr rfl fun i _ => by rw [hV, Pi.add_apply, hadd]
  have hD : ∀ i, headDeriv W V i = between W k.succ i * (A * head W k.castSucc) +
      between W j.succ i * (B * head W j.castSucc) := by
    intro i
    rw [headDeriv_eq_sum]
    exact hsum (fun a C => between W a.succ i * (C * head W a.castSucc)) (by simp)
      fun a C C' => by rw [Matrix.add_mul, Matrix.mul_add]
  have hDk : headDeriv W V k.castSucc = between W j.succ k.castSucc * (B * head W j.castSucc) := by
    rw [hD, between_eq_zero W k.castSucc_lt_succ, Matrix.zero_mul, zero_add]
  have hDj : headDeriv W V j.castSucc = 0 := by
    have h : j.castSucc < k.succ := (Fin.castSucc_lt_castSucc_iff.2 hjk).trans k.castSucc_lt_succ
    rw [hD, between_eq_zero W h, between_eq_zero W j.castSucc_lt_succ, Matrix.zero_mul,
      Matrix.zero_mul, add_zero]
  have hD₂ : headDeriv₂ W V V (Fin.last H) = (2 : ℝ) • (tail W k.succ *
      (A * (between W j.succ k.castSucc * (B * head W j.castSucc)))) := by
    have h := eq_sum_between W (D := headDeriv₂ W V V)
      (A := fun i => (2 : ℝ) • (V i * headDeriv W V i.castSucc)) rfl
      (fun i => by rw [headDeriv₂_succ, two_smul]) (Fin.last H)
    have h' := hsum (fun a C => between W a.succ (Fin.last H) *
      ((2 : ℝ) • (C * headDeriv W V a.castSucc))) (by simp)
      fun a C C' => by rw [Matrix.add_mul, smul_add, Matrix.mul_add]
    rw [h, h', hDk, hDj, Matrix.mul_zero, smul_zero, Matrix.mul_zero, add_zero, between_last,
      Matrix.mul_smul]
  rw [datasetHessian_eq, hD, hD₂, between_last, between_last, Matrix.transpose_smul,
    Matrix.mul_smul, Matrix.trace_smul, smul_eq_mul]

/-- A square and a linear term that is not zero: some value is negative. -/
lemma exists_sq_mul_add_mul_neg {a b : ℝ} (ha : 0 ≤ a) (hb : b ≠ 0) :
    ∃ s : ℝ, s ^ 2 * a + s * b < 0 := by
  refine ⟨-b / (a + 1), ?_⟩
  have h1 : 0 < a + 1 := by linarith
  have hb2 : 0 < b ^ 2 := by positivity
  have h : (-b / (a + 1)) ^ 2 * a + -b / (a + 1) * b = -(b ^ 2 / (a + 1) ^ 2) := by
    field_simp
    ring
  rw [h]
  have : 0 < b ^ 2 / (a + 1) ^ 2 := by positivity
  linarith

/-- The cross term of the second derivative in the directions `e_v uᵀ` and `q e_wᵀ`. -/
lemma trace_cross_vecMulVec {j k : Fin H} (G : Matrix (ι (Fin.last H)) (ι 0) ℝ)
    (M : Matrix (ι k.castSucc) (ι j.succ) ℝ) (v : ι k.succ) (w : ι j.castSucc)
    (u : ι k.castSucc → ℝ) (q : ι j.succ → ℝ) :
    (G * (tail W k.succ * (vecMulVec (Pi.single v 1) u * (M * (vecMulVec q (Pi.single w 1) *
      head W j.castSucc))))ᵀ).trace =
    (u ⬝ᵥ M *ᵥ q) * ((tail W k.succ)ᵀ * G * (head W j.castSucc)ᵀ) v w := by
  have e1 : vecMulVec (Pi.single v 1) u * (M * (vecMulVec q (Pi.single w 1) *
      head W j.castSucc)) = (u ⬝ᵥ M *ᵥ q) • (Matrix.single v w (1 : ℝ) * head W j.castSucc) := by
    rw [← Matrix.mul_assoc M, mul_vecMulVec, ← Matrix.mul_assoc, vecMulVec_mul_vecMulVec,
      vecMulVec_smul, Matrix.smul_mul, Matrix.single_eq_single_vecMulVec_single]
  rw [e1, Matrix.mul_smul, Matrix.transpose_smul, Matrix.mul_smul, Matrix.trace_smul,
    smul_eq_mul]
  congr 1
  have e2 : (G * (tail W k.succ * (Matrix.single v w (1 : ℝ) * head W j.castSucc))ᵀ).trace =
      ((tail W k.succ)ᵀ * G * (head W j.castSucc)ᵀ * (Matrix.single v w (1 : ℝ))ᵀ).trace := by
    rw [Matrix.transpose_mul, Matrix.transpose_mul, ← Matrix.mul_assoc, Matrix.trace_mul_comm]
    simp only [Matrix.mul_assoc]
  rw [e2, trace_mul_transpose_single]

/-- A pair that is not tight, where the head does not see a row of the product between. -/
lemma exists_datasetHessian_neg_of_rank_mul_lt {j k : Fin H} (hjk : j < k) {v : ι k.succ}
    {w : ι j.castSucc}
    (hγ : ((tail W k.succ)ᵀ * ((endToEnd W * X - Y) * Xᵀ) * (head W j.castSucc)ᵀ) v w ≠ 0)
    (hS : (between W j.succ k.castSucc * head W j.succ).rank <
      (between W j.succ k.castSucc).rank) :
    ∃ V : Weights ι ℝ, datasetHessian W X Y V V < 0 := by
  set G := (endToEnd W * X - Y) * Xᵀ with hG
  set M := between W j.succ k.castSucc with hM
  have hMS : M * head W j.succ = head W k.castSucc :=
    between_mul_head W (Fin.succ_le_castSucc_iff.2 hjk)
  obtain ⟨u, hu, hu0⟩ := exists_mulVec_ne_zero_of_rank_lt (head W j.succ)ᵀ Mᵀ (by
    rw [← Matrix.transpose_mul, rank_transpose, rank_transpose]
    exact hS)
  set q := Mᵀ *ᵥ u with hq
  have hqq : u ⬝ᵥ M *ᵥ q = q ⬝ᵥ q := by
    rw [Matrix.dotProduct_mulVec, hq, Matrix.mulVec_transpose]
  have hq0 : 0 < q ⬝ᵥ q := dotProduct_self_pos hu
  have hzero : vecMulVec (Pi.single v 1) u * head W k.castSucc = 0 := by
    have h : u ᵥ* head W k.castSucc = 0 := by
      rw [← hMS, ← Matrix.vecMul_vecMul, ← Matrix.mulVec_transpose, ← Matrix.mulVec_transpose,
        hu0]
    rw [vecMulVec_mul, h]
    ext
    simp [vecMulVec_apply]
  set L := tail W j.succ * (vecMulVec q (Pi.single w 1) * head W j.castSucc) * X with hL
  obtain ⟨s, hs⟩ := exists_sq_mul_add_mul_neg (sqNorm_nonneg L) (mul_ne_zero two_ne_zero
    (mul_ne_zero hq0.ne' hγ))
  refine ⟨_, lt_of_eq_of_lt (datasetHessian_single_add_single W X Y hjk
    (vecMulVec (Pi.single v 1) u) (s • vecMulVec q (Pi.single w 1))) ?_⟩
  rw [← hM, ← hG, hzero, Matrix.mul_zero, zero_add]
  simp only [Matrix.smul_mul, Matrix.mul_smul, Matrix.transpose_smul, Matrix.trace_smul,
    smul_eq_mul]
  rw [trace_cross_vecMulVec, hqq, ← hL]
  rw [sqNorm_smul]
  linarith

/-- A pair that is not tight, where the tail does not see a column of the product between. -/
lemma exists_datasetHessian_neg_of_rank_lt {j k : Fin H} (hjk : j < k) {v : ι k.succ}
    {w : ι j.castSucc}
    (hγ : ((tail W k.succ)ᵀ * ((endToEnd W * X - Y) * Xᵀ) * (head W j.castSucc)ᵀ) v w ≠ 0)
    (hlt : (endToEnd W).rank < (between W j.succ k.castSucc).rank)
    (hS : (between W j.succ k.castSucc * head W j.succ).rank =
      (between W j.succ k.castSucc).rank) :
    ∃ V : Weights ι ℝ, datasetHessian W X Y V V < 0 := by
  set G := (endToEnd W * X - Y) * Xᵀ with hG
  set M := between W j.succ k.castSucc with hM
  have hR : tail W k.castSucc * M * head W j.succ = endToEnd W := tail_mul_between_mul_head W hjk
  have hTM : tail W k.castSucc * M = tail W j.succ :=
    tail_mul_between W (Fin.succ_le_castSucc_iff.2 hjk)
  obtain ⟨x, hx, hx0⟩ := exists_mulVec_ne_zero_of_rank_lt (tail W k.castSucc)
    (M * head W j.succ) (by
      rw [← Matrix.mul_assoc, hR, hS]
      exact hlt)
  set q := (M * head W j.succ) *ᵥ x with hq
  have hqq : q ⬝ᵥ M *ᵥ (head W j.succ *ᵥ x) = q ⬝ᵥ q := by
    rw [Matrix.mulVec_mulVec]
  have hq0 : 0 < q ⬝ᵥ q := dotProduct_self_pos hx
  have hzero : tail W j.succ * (vecMulVec (head W j.succ *ᵥ x) (Pi.single w 1) *
      head W j.castSucc) = 0 := by
    have h : tail W j.succ *ᵥ (head W j.succ *ᵥ x) = 0 := by
      rw [← hTM, ← Matrix.mulVec_mulVec, Matrix.mulVec_mulVec x M, hx0]
    rw [← Matrix.mul_assoc, mul_vecMulVec, h]
    ext
    simp [Matrix.mul_apply]
  set L := tail W k.succ * (vecMulVec (Pi.single v 1) q * head W k.castSucc) * X with hL
  obtain ⟨s, hs⟩ := exists_sq_mul_add_mul_neg (sqNorm_nonneg L) (mul_ne_zero two_ne_zero
    (mul_ne_zero hq0.ne' hγ))
  refine ⟨_, lt_of_eq_of_lt (datasetHessian_single_add_single W X Y hjk
    (s • vecMulVec (Pi.single v 1) q) (vecMulVec (head W j.succ *ᵥ x) (Pi.single w 1))) ?_⟩
  rw [← hM, ← hG, hzero, add_zero]
  simp only [Matrix.smul_mul, Matrix.mul_smul, Matrix.transpose_smul, Matrix.trace_smul,
    smul_eq_mul]
  rw [trace_cross_vecMulVec, hqq, ← hL]
  rw [sqNorm_smul]
  linarith

/-- A pair that is not tight gives a direction of negative curvature. -/
theorem exists_datasetHessian_neg_of_not_tight {j k : Fin H} (hjk : j < k)
    (hr : (between W j.succ k.castSucc).rank ≠ (endToEnd W).rank)
    (h0 : (tail W k.succ)ᵀ * ((endToEnd W * X - Y) * Xᵀ) * (head W j.castSucc)ᵀ ≠ 0) :
    ∃ V : Weights ι ℝ, datasetHessian W X Y V V < 0 := by
  obtain ⟨v, w, hγ⟩ : ∃ v w, ((tail W k.succ)ᵀ * ((endToEnd W * X - Y) * Xᵀ) *
      (head W j.castSucc)ᵀ) v w ≠ 0 := by
    by_contra! h
    exact h0 (Matrix.ext h)
  have hlt : (endToEnd W).rank < (between W j.succ k.castSucc).rank := by
    refine lt_of_le_of_ne ?_ (Ne.symm hr)
    rw [← tail_mul_between_mul_head W hjk]
    exact (rank_mul_le_left _ _).trans (rank_mul_le_right _ _)
  rcases (rank_mul_le_left (between W j.succ k.castSucc) (head W j.succ)).lt_or_eq with hS | hS
  · exact exists_datasetHessian_neg_of_rank_mul_lt hjk hγ hS
  · exact exists_datasetHessian_neg_of_rank_lt hjk hγ hlt hS

/-- A critical point whose end-to-end matrix is not minimal among the matrices of its rank has a
direction of negative curvature, in the first and the last layer. -/
theorem exists_datasetHessian_neg_of_not_isMinOn {n : ℕ} {ι : Fin (n + 3) → Type*}
    [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] {W : Weights ι ℝ} {X : Matrix (ι 0) s ℝ}
    {Y : Matrix (ι (Fin.last (n + 2))) s ℝ} (hX : (X * Xᵀ).PosDef)
    (hW : IsCritical W (datasetLoss X Y))
    (hmin : ¬ IsMinOn (datasetLoss X Y) {A | A.rank ≤ (endToEnd W).rank} (endToEnd W)) :
    ∃ V : Weights ι ℝ, datasetHessian W X Y V V < 0 := by
  obtain ⟨B, hB⟩ : ∃ B : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ,
      B = W (Fin.last (n + 1)) := ⟨_, rfl⟩
  obtain ⟨A, hA⟩ : ∃ A : Matrix (ι (Fin.succ 0)) (ι 0) ℝ, A = W 0 := ⟨_, rfl⟩
  obtain ⟨M, hM⟩ : ∃ M : Matrix (ι (Fin.last (n + 1)).castSucc) (ι (Fin.succ 0)) ℝ,
      M = between W (Fin.succ 0) (Fin.last (n + 1)).castSucc := ⟨_, rfl⟩
  have hpair : (0 : Fin (n + 2)) < Fin.last (n + 1) := Fin.last_pos
  have ht : tail W (Fin.last (n + 1)).succ =
    (1 : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 2))) ℝ) := tail_last W
  have hhead : head W (Fin.succ 0) = A := by
    rw [hA]
    exact (head_succ W 0).trans (Matrix.mul_one (W 0))
  have htail : tail W (Fin.last (n + 1)).castSucc = B := by
    rw [hB, tail_castSucc]
    rw [ht]
    exact Matrix.one_mul _
  have hle := Fin.succ_le_castSucc_iff.2 hpair
  have hMA : head W (Fin.last (n + 1)).castSucc = M * A := by
    rw [hM, ← hhead, between_mul_head W hle]
  have hBM : tail W (Fin.succ 0) = B * M := by
    rw [hM, ← htail, tail_mul_between W hle]
  have hR : endToEnd W = B * M * A := by
    rw [← hBM, ← hhead, tail_mul_head]
  have hcrit := layerGradient_eq_zero_of_isCritical hW
  have h1 : (B * M)ᵀ * ((B * M * A * X - Y) * Xᵀ) = 0 := by
    have h := hcrit 0
    rw [layerGradient, hR, hBM] at h
    exact (Matrix.mul_one _).symm.trans ((congrArg _ Matrix.transpose_one.symm).trans h)
  have h2 : (B * M * A * X - Y) * Xᵀ * (M * A)ᵀ = 0 := by
    have h := hcrit (Fin.last (n + 1))
    rw [layerGradient, hR, hMA, ht] at h
    have h' : (1 : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 2))) ℝ)ᵀ *
      ((B * M * A * X - Y) * Xᵀ) * (M * A)ᵀ = 0 := h
    rwa [Matrix.transpose_one, Matrix.one_mul] at h'
  rw [hR] at hmin
  obtain ⟨V₁, V₂, hneg⟩ := exists_rotation_neg hX h1 h2 hmin
  refine ⟨_, lt_of_eq_of_lt (datasetHessian_single_add_single W X Y hpair V₂ V₁) ?_⟩
  have hh : head W (0 : Fin (n + 2)).castSucc = (1 : Matrix (ι 0) (ι 0) ℝ) := head_zero W
  rw [ht, hh, hMA, hBM, hR, ← hM]
  obtain ⟨I, hI⟩ : ∃ I : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 2))) ℝ, I = 1 := ⟨_, rfl⟩
  obtain ⟨J, hJ⟩ : ∃ J : Matrix (ι 0) (ι 0) ℝ, J = 1 := ⟨_, rfl⟩
  have key : sqNorm ((I * (V₂ * (M * A)) + B * M * (V₁ * J)) * X) +
      2 * ((B * M * A * X - Y) * Xᵀ * (I * (V₂ * (M * (V₁ * J))))ᵀ).trace < 0 := by
    rw [hI, hJ]
    simpa only [Matrix.one_mul, Matrix.mul_one] using hneg
  rw [hI, hJ] at key
  exact key

/-- A critical point whose end-to-end matrix is not minimal among the matrices of its rank is a
strict saddle. -/
lemma isStrictSaddle_of_not_isMinOn_rank_eq (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef)
    (hW : IsCritical W (datasetLoss X Y))
    (hmin : ¬ IsMinOn (datasetLoss X Y) {A | A.rank ≤ (endToEnd W).rank} (endToEnd W)) :
    IsStrictSaddle W (datasetLoss X Y) := by
  rcases hH.lt_or_eq with h2 | rfl
  · obtain ⟨n, rfl⟩ : ∃ n, H = n + 2 := ⟨H - 2, by omega⟩
    obtain ⟨V, hV⟩ := exists_datasetHessian_neg_of_not_isMinOn hX hW hmin
    exact isStrictSaddle_of_datasetHessian_neg hW hV
  · -- one layer: a critical point minimizes the loss over all matrices
    refine absurd ?_ hmin
    have hG : (endToEnd W * X - Y) * Xᵀ = 0 := by
      have h : (1 : Matrix (ι (Fin.last 1)) (ι (Fin.last 1)) ℝ)ᵀ * ((endToEnd W * X - Y) * Xᵀ) *
          (1 : Matrix (ι 0) (ι 0) ℝ)ᵀ = 0 := by
        have h0 := layerGradient_eq_zero_of_isCritical hW 0
        rw [layerGradient] at h0
        have ht : tail W (Fin.succ 0) = (1 : Matrix (ι (Fin.last 1)) (ι (Fin.last 1)) ℝ) :=
          tail_last W
        rw [ht] at h0
        exact h0
      rwa [Matrix.transpose_one, Matrix.transpose_one, Matrix.one_mul, Matrix.mul_one] at h
    exact (isMinOn_datasetLoss_of_slope_eq_zero hG).on_subset (Set.subset_univ _)

/-- **Second order**: the critical points without negative curvature are those whose end-to-end
matrix minimizes the loss among the matrices of no larger rank and whose pairs of layers are all
tight. For any widths, and without singular values. -/
theorem not_isStrictSaddle_iff (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef)
    (hW : IsCritical W (datasetLoss X Y)) :
    ¬ IsStrictSaddle W (datasetLoss X Y) ↔
      IsMinOn (datasetLoss X Y) {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) ∧
        IsTight W ((endToEnd W * X - Y) * Xᵀ) := by
  constructor
  · intro h
    refine ⟨?_, fun j k hjk => ?_⟩
    · by_contra hmin
      exact h (isStrictSaddle_of_not_isMinOn_rank_eq hH hX hW hmin)
    · by_contra! hcon
      obtain ⟨V, hV⟩ := exists_datasetHessian_neg_of_not_tight hjk hcon.1 hcon.2
      exact h (isStrictSaddle_of_datasetHessian_neg hW hV)
  · rintro ⟨hmin, ht⟩ ⟨-, V, c, hc, hderiv⟩
    have h0 := hasDerivAt_deriv_datasetLoss_line W V X Y
    rw [hderiv.unique h0] at hc
    exact absurd (datasetHessian_nonneg hX hW hmin ht V) (not_le_of_gt hc)

/-- **The three kinds of critical points**: a global minimum, a strict saddle, or a saddle whose
Hessian is positive semidefinite; a global minimum is neither of the others. -/
theorem isMinOn_or_isStrictSaddle_or_flat [∀ k, Nonempty (ι k)] (hH : 1 ≤ H)
    (hW : IsCritical W (datasetLoss X Y)) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W ∨
      IsStrictSaddle W (datasetLoss X Y) ∨
        (IsSaddle W (datasetLoss X Y) ∧ ∀ V, 0 ≤ datasetHessian W X Y V V) := by
  by_cases hmin : IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W
  · exact Or.inl hmin
  by_cases hs : IsStrictSaddle W (datasetLoss X Y)
  · exact Or.inr (Or.inl hs)
  refine Or.inr (Or.inr ⟨isSaddle_of_isCritical hH hW hmin, fun V => ?_⟩)
  by_contra! hV
  exact hs (isStrictSaddle_of_datasetHessian_neg hW hV)

end DeepLinear
