/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.Landscape.Saddles
import DeepLinear.Tag
import Mathlib.Analysis.Calculus.Deriv.Pow
import Mathlib.Analysis.Calculus.Deriv.Shift

/-!
# Strict saddles

Kawaguchi 2016, Theorem 2.3 (iv), for any widths: at a critical point that is not a global minimum
and whose product of the interior layers has rank at least the bottleneck width, some direction has
a negative second derivative. It moves the first and the last layer only. With two weight matrices
there are no interior layers, and every saddle is strict; with three the origin shows that the
hypothesis is needed.

## Main definitions

* `DeepLinear.IsStrictSaddle`: critical, with a direction of negative second derivative.
* `DeepLinear.interiorProduct W`: the product of all layers but the first and the last.

## Main statements

* `DeepLinear.exists_quadCoeff_neg`: the matrix part.
* `DeepLinear.isStrictSaddle_of_isCritical`: Kawaguchi 2016, Theorem 2.3 (iv).
* `DeepLinear.isStrictSaddle_of_two_layers`, `DeepLinear.isStrictSaddle_of_rank_eq`: corollaries.
* `DeepLinear.not_isStrictSaddle_zero`: with three layers the origin is not strict.

## References

* K. Kawaguchi, *Deep Learning without Poor Local Minima*, arXiv:1605.07110, Theorem 2.3.
-/

open Matrix Topology

namespace DeepLinear

section Definition

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- A strict saddle: critical, with a direction of negative second derivative. -/
def IsStrictSaddle (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) (W : Weights ι ℝ) : Prop :=
  IsCritical l W ∧ ∃ (V : Weights ι ℝ) (c : ℝ), c < 0 ∧
    HasDerivAt (deriv fun t : ℝ => l (endToEnd (W + t • V))) c 0

variable {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- The second derivative of the dataset loss along a line. -/
lemma hasDerivAt_deriv_datasetLoss_line (W V : Weights ι ℝ) :
    HasDerivAt (deriv fun t : ℝ => datasetLoss X Y (endToEnd (W + t • V)))
      (datasetHessian X Y W V V) 0 := by
  let f : ℝ → ℝ := fun t => datasetLoss X Y (endToEnd (W + t • V))
  have heq : (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (W + a • V + b • V))) 0) =
      deriv f := by
    funext a
    have hshift : (fun b : ℝ => datasetLoss X Y (endToEnd (W + a • V + b • V))) =
        fun b : ℝ => f (a + b) := by
      funext b
      simp only [f, add_smul, add_assoc]
    rw [hshift, deriv_comp_const_add f a, add_zero]
  exact heq ▸ hasDerivAt_deriv_datasetLoss W V V X Y

/-- A critical point of the dataset loss with a direction of negative curvature. -/
lemma isStrictSaddle_of_datasetHessian_neg {W V : Weights ι ℝ}
    (hW : IsCritical (datasetLoss X Y) W) (hV : datasetHessian X Y W V V < 0) :
    IsStrictSaddle (datasetLoss X Y) W :=
  ⟨hW, V, _, hV, hasDerivAt_deriv_datasetLoss_line X Y W V⟩

/-- With at least three weight matrices the origin is not a strict saddle of the dataset loss. -/
@[assignment "K16"]
theorem not_isStrictSaddle_zero (hH : 3 ≤ H) :
    ¬ IsStrictSaddle (datasetLoss X Y) (0 : Weights ι ℝ) := by
  rintro ⟨-, V, c, hc, h⟩
  have h0 := hasDerivAt_deriv_datasetLoss_line X Y (0 : Weights ι ℝ) V
  rw [datasetHessian_zero X Y hH V V] at h0
  exact hc.ne (h.unique h0)

end Definition

section MatrixPart

variable {m n h₁ h₂ : Type*} [Fintype m] [Fintype n] [Fintype h₁] [Fintype h₂]

/-- The coefficient of `t ^ 2` in `‖N - (B + t V₂) M (A + t V₁)‖² / 2`. -/
noncomputable def quadCoeff (N : Matrix m n ℝ) (B : Matrix m h₂ ℝ) (M : Matrix h₂ h₁ ℝ)
    (A : Matrix h₁ n ℝ) (V₁ : Matrix h₁ n ℝ) (V₂ : Matrix m h₂ ℝ) : ℝ :=
  sqNorm (V₂ * M * A + B * M * V₁) / 2 - ((N - B * M * A) * (V₂ * M * V₁)ᵀ).trace

/-- A quadratic without constant term and with a linear term takes negative values. -/
lemma exists_quadratic_neg {a b : ℝ} (ha : 0 ≤ a) (hb : b ≠ 0) : ∃ s : ℝ,
    s ^ 2 * a - s * b < 0 := by
  refine ⟨b / (a + 1), ?_⟩
  have h1 : 0 < a + 1 := by linarith
  have h2 : (b / (a + 1)) ^ 2 * a - b / (a + 1) * b = -(b / (a + 1)) ^ 2 := by
    field_simp
    ring
  rw [h2]
  have : b / (a + 1) ≠ 0 := div_ne_zero hb h1.ne'
  have := sq_pos_of_ne_zero this
  linarith

lemma sqNorm_smul (s : ℝ) (A : Matrix m n ℝ) : sqNorm (s • A) = s ^ 2 * sqNorm A := by
  simp only [sqNorm, Matrix.transpose_smul, Matrix.mul_smul, Matrix.smul_mul, Matrix.trace_smul,
    smul_eq_mul]
  ring

lemma trace_mul_transpose_vecMulVec (E : Matrix m n ℝ) (v : m → ℝ) (w : n → ℝ) :
    (E * (vecMulVec v w)ᵀ).trace = v ⬝ᵥ E *ᵥ w := by
  rw [Matrix.transpose_vecMulVec, mul_vecMulVec, Matrix.trace_vecMulVec, dotProduct_comm]

/-- The matrix part of Theorem 2.3 (iv): a critical product `B M A` of rank at most `p` that is no
best approximation of `N`, and whose middle factor has rank at least `p`, has a direction of
negative curvature that moves the outer factors only. -/
theorem exists_quadCoeff_neg {N : Matrix m n ℝ} {B : Matrix m h₂ ℝ} {M : Matrix h₂ h₁ ℝ}
    {A : Matrix h₁ n ℝ} {p : ℕ} (hp : (B * M * A).rank ≤ p) (hMp : p ≤ M.rank)
    (h1 : (B * M)ᵀ * (N - B * M * A) = 0) (h2 : (N - B * M * A) * (M * A)ᵀ = 0)
    (hglob : ¬ IsMinOn (fun R => sqNorm (N - R)) {R | R.rank ≤ p} (B * M * A)) :
    ∃ V₁ V₂, quadCoeff N B M A V₁ V₂ < 0 := by
  classical
  set E := N - B * M * A with hE
  rcases hp.lt_or_eq with hlt | heq
  · -- the error is not zero
    obtain ⟨v, w, hvw⟩ : ∃ v w, v ⬝ᵥ E *ᵥ w ≠ 0 := by
      by_contra! hall
      have hE0 : innerProduct E = 0 := linearMap_eq_zero_of_vecMulVec _ fun v w => by
        rw [innerProduct_apply, trace_mul_transpose_vecMulVec, hall]
      refine hglob fun R _ => ?_
      change sqNorm (N - B * M * A) ≤ sqNorm (N - R)
      rw [← hE, innerProduct_eq_zero_iff.1 hE0, show sqNorm (0 : Matrix m n ℝ) = 0 by simp [sqNorm]]
      exact sqNorm_nonneg _
    rcases (rank_mul_le_left M A).lt_or_eq with hMA | hMA
    · obtain ⟨u, hu, hAu⟩ := exists_mulVec_ne_zero_of_rank_lt Aᵀ Mᵀ (by
        rwa [← Matrix.transpose_mul, rank_transpose, rank_transpose])
      set q := Mᵀ *ᵥ u with hq
      have huM : u ᵥ* M = q := by rw [hq, Matrix.mulVec_transpose]
      have hqA : q ᵥ* A = 0 := by rw [← Matrix.mulVec_transpose, hAu]
      obtain ⟨s, hs⟩ := exists_quadratic_neg (a := sqNorm (B * M * vecMulVec q w) / 2)
        (by have := sqNorm_nonneg (B * M * vecMulVec q w); linarith)
        (mul_ne_zero (fun h => hu (dotProduct_self_eq_zero.1 h)) hvw : (q ⬝ᵥ q) * (v ⬝ᵥ E *ᵥ w) ≠ 0)
      refine ⟨s • vecMulVec q w, vecMulVec v u, ?_⟩
      have e1 : vecMulVec v u * M * A = 0 := by
        rw [vecMulVec_mul, huM, vecMulVec_mul, hqA]
        ext
        simp [vecMulVec_apply]
      have e2 : vecMulVec v u * M * (s • vecMulVec q w) = (s * (q ⬝ᵥ q)) • vecMulVec v w := by
        rw [Matrix.mul_smul, vecMulVec_mul, huM, vecMulVec_mul_vecMulVec, vecMulVec_smul, smul_smul]
      rw [quadCoeff, e1, zero_add, e2, Matrix.mul_smul, sqNorm_smul, Matrix.transpose_smul,
        Matrix.mul_smul, Matrix.trace_smul, trace_mul_transpose_vecMulVec, smul_eq_mul, ← hE]
      linarith
    · obtain ⟨x, hx, hBx⟩ := exists_mulVec_ne_zero_of_rank_lt B (M * A) (by
        rw [← Matrix.mul_assoc, hMA]
        exact hlt.trans_le hMp)
      set q := (M * A) *ᵥ x with hq
      have hMAx : M *ᵥ (A *ᵥ x) = q := by rw [hq, Matrix.mulVec_mulVec]
      obtain ⟨s, hs⟩ := exists_quadratic_neg (a := sqNorm (vecMulVec v q * M * A) / 2)
        (by have := sqNorm_nonneg (vecMulVec v q * M * A); linarith)
        (mul_ne_zero (fun h => hx (dotProduct_self_eq_zero.1 h)) hvw : (q ⬝ᵥ q) * (v ⬝ᵥ E *ᵥ w) ≠ 0)
      refine ⟨vecMulVec (A *ᵥ x) w, s • vecMulVec v q, ?_⟩
      have e1 : B * M * vecMulVec (A *ᵥ x) w = 0 := by
        rw [Matrix.mul_assoc, mul_vecMulVec, hMAx, mul_vecMulVec, hBx]
        ext
        simp [vecMulVec_apply]
      have e2 : s • vecMulVec v q * M * vecMulVec (A *ᵥ x) w = (s * (q ⬝ᵥ q)) • vecMulVec v w := by
        rw [Matrix.mul_assoc, mul_vecMulVec, hMAx, Matrix.smul_mul, vecMulVec_mul_vecMulVec,
          vecMulVec_smul, smul_smul]
      rw [quadCoeff, e1, add_zero, e2, Matrix.smul_mul, Matrix.smul_mul, sqNorm_smul,
        Matrix.transpose_smul, Matrix.mul_smul, Matrix.trace_smul, trace_mul_transpose_vecMulVec,
        smul_eq_mul, ← hE]
      linarith
  · -- the rotation
    have hEM : (N - B * M * A) * (B * M * A)ᵀ = 0 := by
      rw [← hE, Matrix.mul_assoc B, Matrix.transpose_mul, ← Matrix.mul_assoc, h2, Matrix.zero_mul]
    have hME : (B * M * A)ᵀ * (N - B * M * A) = 0 := by
      rw [← hE, Matrix.transpose_mul, Matrix.mul_assoc, h1, Matrix.mul_zero]
    obtain ⟨P, hP, hPP, hMP, htr, X, hPX⟩ := (B * M * A).exists_rowProj
    obtain ⟨e, b, hPe, hPb, he, hb, hlt⟩ : ∃ e b : n → ℝ, P *ᵥ e = e ∧ P *ᵥ b = 0 ∧ e ⬝ᵥ e = 1 ∧
        b ⬝ᵥ b = 1 ∧ e ⬝ᵥ (Nᵀ * N) *ᵥ e < b ⬝ᵥ (Nᵀ * N) *ᵥ b := by
      by_contra! hall
      refine hglob ?_
      have := isMinOn_sqNorm_of_rotation hEM hME hP hPP hMP htr hPX hall
      rwa [heq] at this
    have heb : e ⬝ᵥ b = 0 := by
      rw [← hPe, ← Matrix.vecMul_transpose, hP, ← Matrix.dotProduct_mulVec, hPb, dotProduct_zero]
    have hNP := mul_projector_eq hEM hP hMP hPX
    have hRe : (B * M * A) *ᵥ e = N *ᵥ e := by rw [← hNP, ← Matrix.mulVec_mulVec, hPe]
    have hRb : (B * M * A) *ᵥ b = 0 := by rw [← hMP, ← Matrix.mulVec_mulVec, hPb,
      Matrix.mulVec_zero]
    -- `e` is a combination of the rows of `M A`
    obtain ⟨z, hz⟩ : ∃ z, z ᵥ* (M * A) = e := by
      refine ⟨(e ᵥ* X) ᵥ* B, ?_⟩
      rw [Matrix.vecMul_vecMul, ← Matrix.mul_assoc, Matrix.vecMul_vecMul, ← hPX,
        ← Matrix.mulVec_transpose, hP, hPe]
    have hform : ∀ u v : n → ℝ, (N *ᵥ u) ⬝ᵥ (N *ᵥ v) = u ⬝ᵥ (Nᵀ * N) *ᵥ v := by
      intro u v
      rw [← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec u, Matrix.vecMul_transpose]
    refine ⟨vecMulVec (A *ᵥ e) b, vecMulVec (N *ᵥ b) z, ?_⟩
    have e1 : vecMulVec (N *ᵥ b) z * M * A = vecMulVec (N *ᵥ b) e := by
      rw [Matrix.mul_assoc, vecMulVec_mul, hz]
    have e2 : B * M * vecMulVec (A *ᵥ e) b = vecMulVec (N *ᵥ e) b := by
      rw [mul_vecMulVec, Matrix.mulVec_mulVec, hRe]
    have e3 : vecMulVec (N *ᵥ b) z * M * vecMulVec (A *ᵥ e) b = vecMulVec (N *ᵥ b) b := by
      rw [Matrix.mul_assoc, mul_vecMulVec, Matrix.mulVec_mulVec, vecMulVec_mul_vecMulVec,
        Matrix.dotProduct_mulVec, hz, he, one_smul]
    have hsq : sqNorm (vecMulVec (N *ᵥ b) e + vecMulVec (N *ᵥ e) b) =
        b ⬝ᵥ (Nᵀ * N) *ᵥ b + e ⬝ᵥ (Nᵀ * N) *ᵥ e := by
      have hvec : ∀ (u : m → ℝ) (v : n → ℝ), sqNorm (vecMulVec u v) = (u ⬝ᵥ u) * (v ⬝ᵥ v) := by
        intro u v
        rw [sqNorm, trace_mul_transpose_vecMulVec, vecMulVec_mulVec, op_smul_eq_smul,
          dotProduct_smul, smul_eq_mul, mul_comm]
      rw [sqNorm_add, trace_mul_transpose_vecMulVec, vecMulVec_mulVec, heb, hvec, hvec, he, hb,
        hform, hform]
      simp
    have htr' : (E * (vecMulVec (N *ᵥ b) b)ᵀ).trace = b ⬝ᵥ (Nᵀ * N) *ᵥ b := by
      rw [trace_mul_transpose_vecMulVec, hE, Matrix.sub_mulVec, hRb, sub_zero, hform]
    rw [quadCoeff, e1, e2, e3, ← hE, hsq, htr']
    linarith

end MatrixPart

section Interior

variable {n : ℕ} {ι : Fin (n + 3) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- The layers between the first and the last, a network of its own (without weights when there are
two). -/
def interior (W : Weights ι ℝ) : Weights (fun k : Fin (n + 1) => ι k.succ.castSucc) ℝ :=
  fun k => W k.succ.castSucc

/-- The product of the interior layers, from layer 1 to the last layer but one. -/
def interiorProduct (W : Weights ι ℝ) :
    Matrix (ι (Fin.last (n + 1)).castSucc) (ι (Fin.succ 0)) ℝ :=
  endToEnd (interior W)

lemma head_succ_castSucc_eq (W : Weights ι ℝ) (k : Fin (n + 1)) :
    head W k.succ.castSucc = (fun (S : Matrix (ι k.succ.castSucc) (ι (Fin.succ 0)) ℝ)
      (A : Matrix (ι (Fin.succ 0)) (ι 0) ℝ) => S * A) (head (interior W) k) (W 0) := by
  induction k using Fin.induction with
  | zero =>
    have h : head W (Fin.succ 0) = W 0 * head W (Fin.castSucc 0) := head_succ W 0
    refine Eq.trans h (Eq.trans (Matrix.mul_one (W 0)) ?_)
    exact (Matrix.one_mul (M := (W 0 : Matrix (ι (Fin.succ 0)) (ι 0) ℝ))).symm
  | succ k ih =>
    have h : head W k.succ.succ.castSucc =
        (fun (T : Matrix (ι k.succ.succ.castSucc) (ι k.castSucc.succ.castSucc) ℝ)
          (S : Matrix (ι k.castSucc.succ.castSucc) (ι 0) ℝ) => T * S)
            (W k.succ.castSucc) (head W k.castSucc.succ.castSucc) :=
      head_succ W k.succ.castSucc
    rw [h, ih, head_succ (interior W) k]
    exact (Matrix.mul_assoc _ _ _).symm

/-- The end-to-end matrix is last layer, interior product, first layer. -/
lemma endToEnd_eq_mul_interiorProduct_mul (W : Weights ι ℝ) :
    endToEnd W = (fun (B : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ)
      (A : Matrix (ι (Fin.succ 0)) (ι 0) ℝ) => B * interiorProduct W * A)
        (W (Fin.last (n + 1))) (W 0) := by
  have h : endToEnd W =
      (fun (B : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ)
        (S : Matrix (ι (Fin.last (n + 1)).castSucc) (ι 0) ℝ) => B * S)
          (W (Fin.last (n + 1))) (head W (Fin.last n).succ.castSucc) :=
    head_succ W (Fin.last (n + 1))
  rw [h, head_succ_castSucc_eq]
  exact (Matrix.mul_assoc _ _ _).symm

/-- Moving the first layer along `V₁` and the last along `V₂`. -/
def outerDirection (V₁ : Matrix (ι (Fin.succ 0)) (ι 0) ℝ)
    (V₂ : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ) : Weights ι ℝ :=
  Function.update (Function.update 0 0 V₁) (Fin.last (n + 1)) V₂

lemma endToEnd_add_smul_outerDirection (W : Weights ι ℝ) (V₁ : Matrix (ι (Fin.succ 0)) (ι 0) ℝ)
    (V₂ : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ) (t : ℝ) :
    endToEnd (W + t • outerDirection V₁ V₂) =
      (fun (B : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ)
        (A : Matrix (ι (Fin.succ 0)) (ι 0) ℝ) => (B + t • V₂) * interiorProduct W * (A + t • V₁))
          (W (Fin.last (n + 1))) (W 0) := by
  have h0 : (outerDirection V₁ V₂ : Weights ι ℝ) 0 = V₁ := by
    have hne : (0 : Fin (n + 2)) ≠ Fin.last (n + 1) := Fin.last_pos.ne
    rw [outerDirection, Function.update_of_ne hne, Function.update_self]
  have hlast : (outerDirection V₁ V₂ : Weights ι ℝ) (Fin.last (n + 1)) = V₂ :=
    Function.update_self _ _ _
  have hint : interior (W + t • outerDirection V₁ V₂) = interior W := by
    funext k
    have hk0 : k.succ.castSucc ≠ 0 := Fin.succ_ne_zero k.castSucc
    have hk1 : k.succ.castSucc ≠ Fin.last (n + 1) := (Fin.castSucc_lt_last _).ne
    simp only [interior, Pi.add_apply, Pi.smul_apply, outerDirection, Function.update_of_ne hk0,
      Function.update_of_ne hk1, Pi.zero_apply, smul_zero, add_zero]
  rw [endToEnd_eq_mul_interiorProduct_mul, interiorProduct, hint]
  simp only [Pi.add_apply, Pi.smul_apply, h0, hlast]
  rfl

lemma endToEnd_update_zero (W : Weights ι ℝ) (V : Matrix (ι (Fin.succ 0)) (ι 0) ℝ) :
    endToEnd (Function.update W 0 V) =
      (fun B : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ =>
        B * interiorProduct W * V) (W (Fin.last (n + 1))) := by
  have hne : Fin.last (n + 1) ≠ (0 : Fin (n + 2)) := Fin.last_pos.ne'
  have hint : interior (Function.update W 0 V) = interior W := by
    funext k
    have hk0 : k.succ.castSucc ≠ 0 := Fin.succ_ne_zero k.castSucc
    simp only [interior, Function.update_of_ne hk0]
  rw [endToEnd_eq_mul_interiorProduct_mul, interiorProduct, hint, Function.update_of_ne hne,
    Function.update_self]
  rfl

lemma endToEnd_update_last (W : Weights ι ℝ)
    (V : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ) :
    endToEnd (Function.update W (Fin.last (n + 1)) V) =
      (fun A : Matrix (ι (Fin.succ 0)) (ι 0) ℝ => V * interiorProduct W * A) (W 0) := by
  have hne : (0 : Fin (n + 2)) ≠ Fin.last (n + 1) := Fin.last_pos.ne
  have hint : interior (Function.update W (Fin.last (n + 1)) V) = interior W := by
    funext k
    have hk1 : k.succ.castSucc ≠ Fin.last (n + 1) := (Fin.castSucc_lt_last _).ne
    simp only [interior, Function.update_of_ne hk1]
  rw [endToEnd_eq_mul_interiorProduct_mul, interiorProduct, hint, Function.update_of_ne hne,
    Function.update_self]
  rfl

/-- The second derivative along a line on which the product is `(B + t V₂) M (A + t V₁)`, where the
first derivative is zero. -/
lemma hasDerivAt_deriv_sqNorm {m n h₁ h₂ : Type*} [Fintype m] [Fintype n] [Fintype h₁] [Fintype h₂]
    (N : Matrix m n ℝ) (B : Matrix m h₂ ℝ) (M : Matrix h₂ h₁ ℝ) (A : Matrix h₁ n ℝ)
    (V₁ : Matrix h₁ n ℝ) (V₂ : Matrix m h₂ ℝ) (c : ℝ) :
    HasDerivAt (deriv fun t : ℝ => sqNorm (N - (B + t • V₂) * M * (A + t • V₁)) / 2 + c)
      (2 * quadCoeff N B M A V₁ V₂) 0 := by
  set E := N - B * M * A with hE
  set D₁ := V₂ * M * A + B * M * V₁ with hD₁
  set D₂ := V₂ * M * V₁ with hD₂
  have hpoly : (fun t : ℝ => sqNorm (N - (B + t • V₂) * M * (A + t • V₁)) / 2 + c) = fun t : ℝ =>
      (sqNorm E / 2 + c) - t * (E * D₁ᵀ).trace + t ^ 2 * (sqNorm D₁ / 2 - (E * D₂ᵀ).trace) +
        t ^ 3 * (D₁ * D₂ᵀ).trace + t ^ 4 * (sqNorm D₂ / 2) := by
    funext t
    have hsplit : N - (B + t • V₂) * M * (A + t • V₁) = E + (-t) • (D₁ + t • D₂) := by
      rw [hE, hD₁, hD₂]
      simp only [Matrix.add_mul, Matrix.mul_add, Matrix.smul_mul, Matrix.mul_smul, smul_add,
        smul_smul]
      module
    rw [hsplit, sqNorm_add_smul, sqNorm_add_smul, Matrix.transpose_add, Matrix.mul_add,
      Matrix.trace_add, Matrix.transpose_smul, Matrix.mul_smul, Matrix.trace_smul, smul_eq_mul]
    ring
  have hderiv : (deriv fun t : ℝ => sqNorm (N - (B + t • V₂) * M * (A + t • V₁)) / 2 + c) =
      fun t : ℝ => -(E * D₁ᵀ).trace + 2 * t * (sqNorm D₁ / 2 - (E * D₂ᵀ).trace) +
        3 * t ^ 2 * (D₁ * D₂ᵀ).trace + 4 * t ^ 3 * (sqNorm D₂ / 2) := by
    rw [hpoly]
    funext t
    have h := ((((hasDerivAt_id' t).mul_const (E * D₁ᵀ).trace).const_sub (sqNorm E / 2 + c)).fun_add
      (((hasDerivAt_id' t).fun_pow 2).mul_const (sqNorm D₁ / 2 - (E * D₂ᵀ).trace))).fun_add
      (((hasDerivAt_id' t).fun_pow 3).mul_const (D₁ * D₂ᵀ).trace) |>.fun_add
      (((hasDerivAt_id' t).fun_pow 4).mul_const (sqNorm D₂ / 2))
    refine h.deriv.trans ?_
    simp
  rw [hderiv]
  have h := ((((hasDerivAt_id' (0 : ℝ)).const_mul 2).mul_const
    (sqNorm D₁ / 2 - (E * D₂ᵀ).trace)).const_add (-(E * D₁ᵀ).trace)).fun_add
    ((((hasDerivAt_id' (0 : ℝ)).fun_pow 2).const_mul 3).mul_const (D₁ * D₂ᵀ).trace) |>.fun_add
    ((((hasDerivAt_id' (0 : ℝ)).fun_pow 3).const_mul 4).mul_const (sqNorm D₂ / 2))
  simpa [quadCoeff, hE, hD₁, hD₂] using h

/-- A critical point of a quadratic loss with a positive definite form is a strict saddle, if its
end-to-end matrix is not minimal among the matrices of rank at most `p`, and the product of its
interior layers has at least that rank. -/
theorem isStrictSaddle_of_not_isMinOn_rank_le {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last (n + 2))) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical (quadraticLoss Q C c) W) {p : ℕ} (hp : (endToEnd W).rank ≤ p)
    (hM : p ≤ (interiorProduct W).rank)
    (hmin : ¬ IsMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} (endToEnd W)) :
    IsStrictSaddle (quadraticLoss Q C c) W := by
  refine ⟨hW, ?_⟩
  obtain ⟨Z, hZ, hZQ⟩ := hQ.exists_mul_transpose_eq
  have hsymm : Qᵀ = Q := hQ.transpose_eq
  have hloss := quadraticLoss_eq_sqNorm hZ hZQ C c
  set N := C * (Z⁻¹)ᵀ with hN
  let B : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ := W (Fin.last (n + 1))
  let A : Matrix (ι (Fin.succ 0)) (ι 0) ℝ := W 0
  set M := interiorProduct W with hMdef
  have hR : endToEnd W = B * M * A := endToEnd_eq_mul_interiorProduct_mul W
  -- the gradient is `-(N - R Z) Zᵀ`
  have hZt : IsUnit (Zᵀ).det := by rwa [Matrix.det_transpose]
  have hNZ : N * Zᵀ = C := by
    rw [hN, Matrix.mul_assoc, ← Matrix.transpose_mul, Matrix.mul_nonsing_inv _ hZ,
      Matrix.transpose_one, Matrix.mul_one]
  have hgrad : endToEnd W * Q - C = -((N - B * M * (A * Z)) * Zᵀ) := by
    rw [Matrix.sub_mul, hNZ, neg_sub, hR, ← hZQ]
    simp only [Matrix.mul_assoc]
  have hcrit := (isCritical_iff (hasGateauxDerivAt_quadraticLoss hsymm C c (endToEnd W))).1 hW
  rw [hgrad] at hcrit
  have h1 : (B * M)ᵀ * (N - B * M * (A * Z)) = 0 := by
    have hV : ∀ V : Matrix (ι (Fin.succ 0)) (ι 0) ℝ,
        innerProduct (-((N - B * M * (A * Z)) * Zᵀ)) (B * M * V) = 0 := by
      intro V
      have h := hcrit 0 V
      rw [← endToEnd_update W 0 V] at h
      rwa [endToEnd_update_zero W V] at h
    have h0 : (B * M)ᵀ * ((N - B * M * (A * Z)) * Zᵀ) = 0 := by
      refine trace_mul_transpose_self_eq_zero_iff.1 ?_
      have h := hV ((B * M)ᵀ * ((N - B * M * (A * Z)) * Zᵀ))
      rw [innerProduct_apply, Matrix.neg_mul, Matrix.trace_neg, neg_eq_zero,
        Matrix.transpose_mul (B * M), ← Matrix.mul_assoc, Matrix.trace_mul_comm,
        ← Matrix.mul_assoc] at h
      exact h
    have h2 := congrArg (· * (Zᵀ)⁻¹) h0
    simpa only [Matrix.mul_assoc, Matrix.mul_nonsing_inv _ hZt, Matrix.mul_one, Matrix.zero_mul]
      using h2
  have h2 : (N - B * M * (A * Z)) * (M * (A * Z))ᵀ = 0 := by
    have hV : ∀ V : Matrix (ι (Fin.last (n + 2))) (ι (Fin.last (n + 1)).castSucc) ℝ,
        innerProduct (-((N - B * M * (A * Z)) * Zᵀ)) (V * M * A) = 0 := by
      intro V
      have h := hcrit (Fin.last (n + 1)) V
      rw [← endToEnd_update W (Fin.last (n + 1)) V] at h
      rwa [endToEnd_update_last W V] at h
    refine trace_mul_transpose_self_eq_zero_iff.1 ?_
    have h := hV ((N - B * M * (A * Z)) * (M * (A * Z))ᵀ)
    rw [innerProduct_apply, Matrix.neg_mul, Matrix.trace_neg, neg_eq_zero, Matrix.mul_assoc _ M A,
      Matrix.transpose_mul _ (M * A)] at h
    rw [← h]
    congr 1
    simp only [Matrix.transpose_mul, Matrix.mul_assoc]
  have hrank : (B * M * (A * Z)).rank ≤ p := by
    rw [← Matrix.mul_assoc, ← hR]
    exact (rank_mul_le_left _ _).trans hp
  obtain ⟨V₁, V₂, hneg⟩ := exists_quadCoeff_neg hrank hM h1 h2 fun hminM => hmin fun A' hA' => by
    have h := hminM ((rank_mul_le_left A' Z).trans hA')
    change quadraticLoss Q C c (endToEnd W) ≤ quadraticLoss Q C c A'
    have h' : sqNorm (N - endToEnd W * Z) ≤ sqNorm (N - A' * Z) := by
      rw [hR, Matrix.mul_assoc _ A]
      exact h
    rw [hloss, hloss]
    linarith
  refine ⟨outerDirection (V₁ * Z⁻¹) V₂, 2 * quadCoeff N B M (A * Z) V₁ V₂, by linarith, ?_⟩
  have hline :
      (fun t : ℝ => quadraticLoss Q C c (endToEnd (W + t • outerDirection (V₁ * Z⁻¹) V₂))) =
      fun t : ℝ => sqNorm (N - (B + t • V₂) * M * (A * Z + t • V₁)) / 2 + (c - sqNorm N / 2) := by
    funext t
    have hprod : endToEnd (W + t • outerDirection (V₁ * Z⁻¹) V₂) * Z =
        (B + t • V₂) * M * (A * Z + t • V₁) := by
      rw [endToEnd_add_smul_outerDirection]
      change (B + t • V₂) * M * (A + t • (V₁ * Z⁻¹)) * Z = _
      rw [Matrix.mul_assoc _ _ Z, Matrix.add_mul A, Matrix.smul_mul, Matrix.mul_assoc V₁,
        Matrix.nonsing_inv_mul _ hZ, Matrix.mul_one]
    rw [hloss, hprod]
  rw [hline]
  exact hasDerivAt_deriv_sqNorm N B M (A * Z) V₁ V₂ _

/-- **Kawaguchi 2016, Theorem 2.3 (iv)**, for any widths: a critical point of a quadratic loss with
a positive definite form that is not a global minimum is a strict saddle, if the product of its
interior layers has rank at least the bottleneck width. -/
@[assignment "K16"]
theorem isStrictSaddle_of_isCritical {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last (n + 2))) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical (quadraticLoss Q C c) W) (hM : bottleneck ι ≤ (interiorProduct W).rank)
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle (quadraticLoss Q C c) W :=
  isStrictSaddle_of_not_isMinOn_rank_le hQ C c hW (rank_endToEnd_le W) hM
    fun h => hglob fun W' _ => h (rank_endToEnd_le W')

/-- For a quadratic loss with a positive definite form, every critical point whose end-to-end matrix
has the rank of the bottleneck width is a global minimum or a strict saddle. -/
@[assignment "K16"]
theorem isStrictSaddle_of_rank_eq {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last (n + 2))) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical (quadraticLoss Q C c) W) (hR : (endToEnd W).rank = bottleneck ι)
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle (quadraticLoss Q C c) W := by
  refine isStrictSaddle_of_isCritical hQ C c hW ?_ hglob
  rw [← hR, endToEnd_eq_mul_interiorProduct_mul]
  exact (rank_mul_le_left _ _).trans (rank_mul_le_right _ _)

/-- Two weight matrices and a quadratic loss with a positive definite form: every critical point
that is not a global minimum is a strict saddle. -/
@[assignment "K16"]
theorem isStrictSaddle_of_two_layers {ι : Fin 3 → Type*} [∀ k, Fintype (ι k)]
    [∀ k, DecidableEq (ι k)] {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last 2)) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical (quadraticLoss Q C c) W)
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle (quadraticLoss Q C c) W := by
  refine isStrictSaddle_of_isCritical (n := 0) hQ C c hW ?_ hglob
  have hone : (1 : Matrix (ι (Fin.succ 0)) (ι (Fin.succ 0)) ℝ).rank = Fintype.card (ι 1) :=
    rank_one
  have hrank : (interiorProduct (n := 0) W).rank = Fintype.card (ι 1) := hone
  rw [hrank]
  exact bottleneck_le _

end Interior

end DeepLinear
