/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Balanced
public import Mathlib.Analysis.ODE.Gronwall

/-!
# Convergence of a balanced gradient flow

If `X Xᵀ ≥ λ` and, along a balanced flow, `W_1ᵀ W_1 ≥ σ`, then the loss of the dataset decreases
exponentially, at the rate `2 λ σ^{H-1}`. The bound on `W_1ᵀ W_1` is needed throughout, not only at
the start: with two layers of width 1, `x = 1`, `y = -1` and `w_1 = w_2 = 1` the flow runs into the
saddle at `0`.

## Main statements

* `DeepLinear.le_dotProduct_pow_mulVec`: `B ≥ σ` gives `B^k ≥ σ^k`.
* `DeepLinear.two_mul_datasetLoss_sub_le`: the gradient dominates the loss.
* `DeepLinear.datasetLoss_sub_le_exp`: exponential convergence.
-/

@[expose] public section

open Matrix

namespace DeepLinear

section QuadraticForms

variable {m n s : Type*} [Fintype m] [Fintype n] [Fintype s]

lemma sqNorm_mul_transpose (G : Matrix m n ℝ) {S : Matrix s n ℝ} {P : Matrix n n ℝ}
    (h : Sᵀ * S = P) : sqNorm (G * Sᵀ) = (G * P * Gᵀ).trace := by
  rw [sqNorm, Matrix.transpose_mul, Matrix.transpose_transpose, ← h]
  simp only [Matrix.mul_assoc]

/-- A lower bound of a form is one of the trace. -/
lemma mul_sqNorm_le_trace {Q : Matrix n n ℝ} {c : ℝ} (hQ : ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ Q *ᵥ v)
    (V : Matrix m n ℝ) : c * sqNorm V ≤ (V * Q * Vᵀ).trace := by
  have hV : sqNorm V = ∑ i, V i ⬝ᵥ V i := by
    simp only [sqNorm, trace_mul_transpose, dotProduct]
  rw [hV, trace_mul_mul_transpose, Finset.mul_sum]
  exact Finset.sum_le_sum fun i _ => hQ (V i)

/-- If a symmetric matrix is at least `σ ≥ 0`, then its powers are at least those of `σ`. -/
lemma le_dotProduct_pow_mulVec [DecidableEq n] {B : Matrix n n ℝ} (hB : Bᵀ = B) {σ : ℝ}
    (hσ : 0 ≤ σ) (h : ∀ v, σ * (v ⬝ᵥ v) ≤ v ⬝ᵥ B *ᵥ v) :
    ∀ (k : ℕ) (v : n → ℝ), σ ^ k * (v ⬝ᵥ v) ≤ v ⬝ᵥ (B ^ k) *ᵥ v
  | 0, v => by simp
  | 1, v => by simpa using h v
  | k + 2, v => by
    have hself : v ⬝ᵥ (B ^ (k + 2)) *ᵥ v = (B *ᵥ v) ⬝ᵥ (B ^ k) *ᵥ (B *ᵥ v) := by
      have hcomm : v ᵥ* B = B *ᵥ v := by rw [← Matrix.mulVec_transpose, hB]
      rw [pow_succ' B (k + 1), pow_succ B k, ← Matrix.mulVec_mulVec, Matrix.dotProduct_mulVec,
        hcomm, ← Matrix.mulVec_mulVec]
    -- `|B v|² ≥ σ² |v|²`, from `|B v - σ v|² ≥ 0`
    have hsq : σ ^ 2 * (v ⬝ᵥ v) ≤ (B *ᵥ v) ⬝ᵥ (B *ᵥ v) := by
      have hnonneg : 0 ≤ (B *ᵥ v - σ • v) ⬝ᵥ (B *ᵥ v - σ • v) :=
        Finset.sum_nonneg fun i _ => mul_self_nonneg _
      have hexpand : (B *ᵥ v - σ • v) ⬝ᵥ (B *ᵥ v - σ • v) =
          (B *ᵥ v) ⬝ᵥ (B *ᵥ v) - 2 * σ * (v ⬝ᵥ B *ᵥ v) + σ ^ 2 * (v ⬝ᵥ v) := by
        simp only [sub_dotProduct, dotProduct_sub, smul_dotProduct, dotProduct_smul, smul_eq_mul,
          dotProduct_comm (B *ᵥ v) v]
        ring
      rw [hexpand] at hnonneg
      linarith [mul_le_mul_of_nonneg_left (h v) hσ]
    rw [hself]
    calc σ ^ (k + 2) * (v ⬝ᵥ v) = σ ^ k * (σ ^ 2 * (v ⬝ᵥ v)) := by ring
      _ ≤ σ ^ k * ((B *ᵥ v) ⬝ᵥ (B *ᵥ v)) := mul_le_mul_of_nonneg_left hsq (pow_nonneg hσ k)
      _ ≤ (B *ᵥ v) ⬝ᵥ (B ^ k) *ᵥ (B *ᵥ v) := le_dotProduct_pow_mulVec hB hσ h k (B *ᵥ v)

/-- The gradient of the dataset loss dominates the loss: `2 λ (l(R) - l(R₀)) ≤ ‖∇ l(R)‖²` for every
`R₀`, if `X Xᵀ ≥ λ`. -/
theorem two_mul_datasetLoss_sub_le {X : Matrix n s ℝ} (Y : Matrix m s ℝ) {c : ℝ} (hc : 0 ≤ c)
    (hX : ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v) (R R₀ : Matrix m n ℝ) :
    2 * c * (datasetLoss X Y R - datasetLoss X Y R₀) ≤ sqNorm ((R * X - Y) * Xᵀ) := by
  set G := (R * X - Y) * Xᵀ with hG
  have hline := quadraticLoss_add_smul (Y * Xᵀ) ((Y * Yᵀ).trace / 2) R (R₀ - R)
    (by simp : (X * Xᵀ)ᵀ = X * Xᵀ) 1
  rw [← datasetLoss_eq_quadraticLoss, one_smul, add_sub_cancel, ← Matrix.mul_assoc,
    ← Matrix.sub_mul, ← hG] at hline
  have hbound := mul_sqNorm_le_trace hX (R₀ - R)
  have hsq := sqNorm_nonneg (G + c • (R₀ - R))
  rw [sqNorm_add_smul] at hsq
  linear_combination hsq + mul_le_mul_of_nonneg_left hbound hc - 2 * c * hline

end QuadraticForms

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last (n + 1))) s ℝ} {T : ℝ}

/-- At balanced weights with `W_1ᵀ W_1 ≥ σ` the gradient in all layers is at least `σ^{H-1}` times
the gradient in the end-to-end matrix. -/
lemma pow_mul_sqNorm_le_sum {W : Weights ι ℝ} (hW : IsBalanced W) {σ : ℝ} (hσ : 0 ≤ σ)
    (hfirst : ∀ v, σ * (v ⬝ᵥ v) ≤ v ⬝ᵥ firstGram W *ᵥ v) :
    σ ^ n * sqNorm ((endToEnd W * X - Y) * Xᵀ) ≤ ∑ k, sqNorm (datasetGradient X Y W k) := by
  set G := (endToEnd W * X - Y) * Xᵀ with hG
  have hsymm : (firstGram W)ᵀ = firstGram W := by
    simp only [firstGram, Matrix.transpose_mul, Matrix.transpose_transpose]
  have hlast : sqNorm (datasetGradient X Y W (Fin.last n)) =
      (G * firstGram W ^ n * Gᵀ).trace := by
    have hgrad : lastLayer (datasetGradient X Y W) = G * (head W (Fin.last n).castSucc)ᵀ := by
      rw [lastLayer, datasetGradient, layerGradient, tail_last_succ, ← hG]
      exact congrArg (· * (head W (Fin.last n).castSucc)ᵀ)
        ((congrArg (· * G) Matrix.transpose_one).trans (Matrix.one_mul G))
    have h := sqNorm_mul_transpose G (head_transpose_mul_head hW (Fin.last n).castSucc)
    rw [← hgrad] at h
    exact h
  calc σ ^ n * sqNorm G ≤ (G * firstGram W ^ n * Gᵀ).trace :=
        mul_sqNorm_le_trace (le_dotProduct_pow_mulVec hsymm hσ hfirst n) G
    _ = sqNorm (datasetGradient X Y W (Fin.last n)) := hlast.symm
    _ ≤ ∑ k, sqNorm (datasetGradient X Y W k) :=
        Finset.single_le_sum (f := fun k => sqNorm (datasetGradient X Y W k))
          (fun k _ => sqNorm_nonneg _) (Finset.mem_univ (Fin.last n))

/-- **Convergence**: on a balanced gradient flow of the dataset loss with `X Xᵀ ≥ λ` and
`W_1ᵀ W_1 ≥ σ` throughout, the distance of the loss to the loss of any `R₀`, in particular to the
minimum, is at most `exp (- 2 λ σ^{H-1} t)` times that at the start. (For `σ > 0` this asks that no
layer be narrower than the input.) -/
theorem datasetLoss_sub_le_exp {W : ℝ → Weights ι ℝ} (hW : IsDatasetFlow X Y T W)
    (h0 : IsBalanced (W 0)) {c σ : ℝ} (hc : 0 ≤ c) (hσ : 0 ≤ σ)
    (hX : ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v) {t : ℝ} (ht : t ∈ Set.Ico 0 T)
    (hfirst : ∀ x ∈ Set.Icc 0 t, ∀ v, σ * (v ⬝ᵥ v) ≤ v ⬝ᵥ firstGram (W x) *ᵥ v)
    (R₀ : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ) :
    datasetLoss X Y (endToEnd (W t)) - datasetLoss X Y R₀ ≤
      Real.exp (-(2 * c * σ ^ n) * t) *
        (datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀) := by
  have hderiv : ∀ x ∈ Set.Ico 0 T,
      HasDerivWithinAt (fun x => datasetLoss X Y (endToEnd (W x)) - datasetLoss X Y R₀)
        (-∑ k, sqNorm (datasetGradient X Y (W x) k)) (Set.Ico 0 T) x := fun x hx =>
    (hasDerivWithinAt_datasetLoss hW hx).sub_const _
  have hgronwall := le_gronwallBound_of_liminf_deriv_right_le (a := 0) (b := t)
    (f := fun x => datasetLoss X Y (endToEnd (W x)) - datasetLoss X Y R₀)
    (f' := fun x => -∑ k, sqNorm (datasetGradient X Y (W x) k))
    (δ := datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀) (K := -(2 * c * σ ^ n)) (ε := 0)
    (fun x hx => ((hderiv x ⟨hx.1, hx.2.trans_lt ht.2⟩).continuousWithinAt).mono
      fun y hy => ⟨hy.1, hy.2.trans_lt ht.2⟩)
    (fun x hx r hr => HasDerivWithinAt.liminf_right_slope_le
      ((hderiv x ⟨hx.1, hx.2.trans ht.2⟩).mono_of_mem_nhdsWithin
        (Filter.mem_of_superset (Ico_mem_nhdsGE (hx.2.trans ht.2)) fun y hy =>
          ⟨hx.1.trans hy.1, hy.2⟩)) hr)
    le_rfl
    (fun x hx => by
      have hbal := isBalanced_of_isGradientFlow hW h0 (t := x) ⟨hx.1, hx.2.trans ht.2⟩
      have h1 := pow_mul_sqNorm_le_sum (X := X) (Y := Y) hbal hσ (hfirst x ⟨hx.1, hx.2.le⟩)
      have h2 := two_mul_datasetLoss_sub_le Y hc hX (endToEnd (W x)) R₀
      have h3 := mul_le_mul_of_nonneg_left h2 (pow_nonneg hσ n)
      linarith)
    t ⟨ht.1, le_rfl⟩
  rw [gronwallBound_ε0, sub_zero, mul_comm] at hgronwall
  exact hgronwall

end DeepLinear
