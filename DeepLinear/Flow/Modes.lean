/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinear.Flow.Balanced
import DeepLinear.Tag
import Mathlib.Analysis.SpecialFunctions.ExpDeriv
import Mathlib.Analysis.SpecialFunctions.Sqrt
import Mathlib.Analysis.Calculus.Deriv.Inv

/-!
# Decoupled modes

Saxe, McClelland and Ganguli 2014, for any depth: on whitened data, from weights that are aligned
with the singular frames of `Y Xᵀ`, every mode follows a scalar equation of its own,
`a' = a ^ (H - 1) (σ - a ^ H)`. With two layers its strength `a ^ 2` has a closed form, a sigmoid.

## Main statements

* `DeepLinear.isDatasetFlow_alignedWeights`: the modes decouple.
* `DeepLinear.hasDerivAt_sqrt_saxeMode`: the closed form for two layers.

## References

* A. Saxe, J. McClelland, S. Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep
  linear neural networks*, ICLR 2014.
-/

open Matrix

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {ρ s : Type*} [Fintype ρ] [DecidableEq ρ] [Fintype s]

/-- Aligned weights: every layer carries the modes `a` between the frames `Q`. -/
def alignedWeights (Q : ∀ k, Matrix (ι k) ρ ℝ) (a : ρ → ℝ) : Weights ι ℝ :=
  fun k => Q k.succ * Matrix.diagonal a * (Q k.castSucc)ᵀ

variable {Q : ∀ k, Matrix (ι k) ρ ℝ} {a : ρ → ℝ}

omit [∀ k, DecidableEq (ι k)] in
lemma alignedWeights_mul (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin H) :
    alignedWeights Q a k * Q k.castSucc = Q k.succ * Matrix.diagonal a := by
  rw [alignedWeights, Matrix.mul_assoc, hQ, Matrix.mul_one]

omit [∀ k, DecidableEq (ι k)] in
lemma transpose_mul_alignedWeights (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin H) :
    (Q k.succ)ᵀ * alignedWeights Q a k = Matrix.diagonal a * (Q k.castSucc)ᵀ := by
  rw [alignedWeights, ← Matrix.mul_assoc, ← Matrix.mul_assoc, hQ, Matrix.one_mul]

lemma head_alignedWeights_mul (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin (H + 1)) :
    head (alignedWeights Q a) k * Q 0 = Q k * Matrix.diagonal (a ^ (k : ℕ)) := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [head_succ, Matrix.mul_assoc, ih, ← Matrix.mul_assoc, alignedWeights_mul hQ,
      Matrix.mul_assoc, Matrix.diagonal_mul_diagonal, Fin.val_succ, Fin.val_castSucc, pow_succ']
    rfl

lemma transpose_mul_head_alignedWeights (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin (H + 1)) :
    (Q k)ᵀ * head (alignedWeights Q a) k = Matrix.diagonal (a ^ (k : ℕ)) * (Q 0)ᵀ := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [head_succ, ← Matrix.mul_assoc, transpose_mul_alignedWeights hQ, Matrix.mul_assoc, ih,
      ← Matrix.mul_assoc, Matrix.diagonal_mul_diagonal, Fin.val_succ, Fin.val_castSucc, pow_succ']
    rfl

lemma tail_alignedWeights_mul (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin (H + 1)) :
    tail (alignedWeights Q a) k * Q k = Q (Fin.last H) * Matrix.diagonal (a ^ (H - (k : ℕ))) := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih =>
    have hexp : H - (k.castSucc : ℕ) = H - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    rw [tail_castSucc, Matrix.mul_assoc, alignedWeights_mul hQ, ← Matrix.mul_assoc, ih,
      Matrix.mul_assoc, Matrix.diagonal_mul_diagonal, hexp, pow_succ]
    rfl

lemma transpose_mul_tail_alignedWeights (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin (H + 1)) :
    (Q (Fin.last H))ᵀ * tail (alignedWeights Q a) k =
      Matrix.diagonal (a ^ (H - (k : ℕ))) * (Q k)ᵀ := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih =>
    have hexp : H - (k.castSucc : ℕ) = H - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    rw [tail_castSucc, ← Matrix.mul_assoc, ih, Matrix.mul_assoc, transpose_mul_alignedWeights hQ,
      ← Matrix.mul_assoc, Matrix.diagonal_mul_diagonal, hexp, pow_succ]
    rfl

/-- The end-to-end matrix, if there is a layer. -/
lemma endToEnd_alignedWeights (hQ : ∀ k, (Q k)ᵀ * Q k = 1) (k : Fin H) :
    endToEnd (alignedWeights Q a) = Q (Fin.last H) * Matrix.diagonal (a ^ H) * (Q 0)ᵀ := by
  have hexp : H - (k.succ : ℕ) + 1 + (k.castSucc : ℕ) = H := by
    simp only [Fin.val_castSucc, Fin.val_succ]
    omega
  have e1 := tail_alignedWeights_mul (a := a) hQ k.succ
  have e2 := transpose_mul_head_alignedWeights (a := a) hQ k.castSucc
  rw [endToEnd_eq_tail_mul_head _ k]
  calc tail (alignedWeights Q a) k.succ * alignedWeights Q a k *
        head (alignedWeights Q a) k.castSucc
      = (tail (alignedWeights Q a) k.succ * Q k.succ) * Matrix.diagonal a *
          ((Q k.castSucc)ᵀ * head (alignedWeights Q a) k.castSucc) := by
        rw [alignedWeights]
        simp only [Matrix.mul_assoc]
    _ = Q (Fin.last H) * (Matrix.diagonal (a ^ (H - (k.succ : ℕ))) * Matrix.diagonal a *
          Matrix.diagonal (a ^ (k.castSucc : ℕ))) * (Q 0)ᵀ := by
        rw [e1, e2]
        simp only [Matrix.mul_assoc]
    _ = Q (Fin.last H) * Matrix.diagonal (a ^ H) * (Q 0)ᵀ := by
        rw [Matrix.diagonal_mul_diagonal, Matrix.diagonal_mul_diagonal]
        congr 3
        funext i
        have h : a i ^ (H - (k.succ : ℕ)) * a i * a i ^ (k.castSucc : ℕ) = a i ^ H := by
          rw [← pow_succ, ← pow_add, hexp]
        simpa using h

/-- The gradient of the dataset loss at aligned weights, on whitened data. -/
lemma datasetGradient_alignedWeights {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}
    (hQ : ∀ k, (Q k)ᵀ * Q k = 1) {σ : ρ → ℝ} (hX : X * Xᵀ = 1)
    (hY : Y * Xᵀ = Q (Fin.last H) * Matrix.diagonal σ * (Q 0)ᵀ) (k : Fin H) :
    datasetGradient X Y (alignedWeights Q a) k =
      Q k.succ * Matrix.diagonal (fun i => a i ^ (H - 1) * (a i ^ H - σ i)) *
        (Q k.castSucc)ᵀ := by
  have hexp : H - (k.succ : ℕ) + (k.castSucc : ℕ) = H - 1 := by
    simp only [Fin.val_castSucc, Fin.val_succ]
    omega
  have hG : (endToEnd (alignedWeights Q a) * X - Y) * Xᵀ =
      Q (Fin.last H) * Matrix.diagonal (fun i => a i ^ H - σ i) * (Q 0)ᵀ := by
    rw [Matrix.sub_mul, Matrix.mul_assoc, hX, Matrix.mul_one, hY, endToEnd_alignedWeights hQ k,
      ← Matrix.sub_mul, ← Matrix.mul_sub, Matrix.diagonal_sub]
    rfl
  have e1 : (tail (alignedWeights Q a) k.succ)ᵀ * Q (Fin.last H) =
      Q k.succ * Matrix.diagonal (a ^ (H - (k.succ : ℕ))) := by
    rw [← Matrix.transpose_inj, Matrix.transpose_mul, Matrix.transpose_transpose,
      transpose_mul_tail_alignedWeights hQ, Matrix.transpose_mul, Matrix.diagonal_transpose]
  have e2 : (Q 0)ᵀ * (head (alignedWeights Q a) k.castSucc)ᵀ =
      Matrix.diagonal (a ^ (k.castSucc : ℕ)) * (Q k.castSucc)ᵀ := by
    rw [← Matrix.transpose_mul, head_alignedWeights_mul hQ, Matrix.transpose_mul,
      Matrix.diagonal_transpose]
  rw [datasetGradient, layerGradient, hG]
  calc (tail (alignedWeights Q a) k.succ)ᵀ *
        (Q (Fin.last H) * Matrix.diagonal (fun i => a i ^ H - σ i) * (Q 0)ᵀ) *
        (head (alignedWeights Q a) k.castSucc)ᵀ
      = ((tail (alignedWeights Q a) k.succ)ᵀ * Q (Fin.last H)) *
          Matrix.diagonal (fun i => a i ^ H - σ i) *
          ((Q 0)ᵀ * (head (alignedWeights Q a) k.castSucc)ᵀ) := by
        simp only [Matrix.mul_assoc]
    _ = Q k.succ * (Matrix.diagonal (a ^ (H - (k.succ : ℕ))) *
          Matrix.diagonal (fun i => a i ^ H - σ i) *
          Matrix.diagonal (a ^ (k.castSucc : ℕ))) * (Q k.castSucc)ᵀ := by
        rw [e1, e2]
        simp only [Matrix.mul_assoc]
    _ = _ := by
        rw [Matrix.diagonal_mul_diagonal, Matrix.diagonal_mul_diagonal]
        congr 3
        funext i
        have h : a i ^ (H - (k.succ : ℕ)) * (a i ^ H - σ i) * a i ^ (k.castSucc : ℕ) =
            a i ^ (H - 1) * (a i ^ H - σ i) := by
          rw [← hexp, pow_add]
          ring
        simpa using h

/-- **Decoupled dynamics** (Saxe, McClelland, Ganguli), for any depth: on whitened data, from
aligned weights, every mode follows the scalar equation `a' = a ^ (H - 1) (σ - a ^ H)`. -/
@[assignment "FLOW"]
theorem isDatasetFlow_alignedWeights {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}
    (hQ : ∀ k, (Q k)ᵀ * Q k = 1) {σ : ρ → ℝ} (hX : X * Xᵀ = 1)
    (hY : Y * Xᵀ = Q (Fin.last H) * Matrix.diagonal σ * (Q 0)ᵀ) {T : ℝ} {a : ℝ → ρ → ℝ}
    (ha : ∀ t ∈ Set.Ico 0 T, ∀ i,
      HasDerivWithinAt (fun t => a t i) (a t i ^ (H - 1) * (σ i - a t i ^ H)) (Set.Ico 0 T) t) :
    IsDatasetFlow X Y T fun t => alignedWeights Q (a t) := by
  intro t ht k i j
  have hentry : ∀ b : ρ → ℝ, (Q k.succ * Matrix.diagonal b * (Q k.castSucc)ᵀ) i j =
      ∑ r, Q k.succ i r * b r * Q k.castSucc j r := fun b => by
    rw [Matrix.mul_apply]
    exact Finset.sum_congr rfl fun r _ => by rw [Matrix.mul_diagonal, Matrix.transpose_apply]
  have hgrad : layerGradient (alignedWeights Q (a t))
      ((endToEnd (alignedWeights Q (a t)) * X - Y) * Xᵀ) k = _ :=
    datasetGradient_alignedWeights hQ hX hY k
  have h := HasDerivWithinAt.fun_sum (u := Finset.univ) fun r _ =>
    ((ha t ht r).const_mul (Q k.succ i r)).mul_const (Q k.castSucc j r)
  rw [hgrad, hentry]
  simp only [alignedWeights, hentry]
  refine h.congr_deriv ?_
  rw [← Finset.sum_neg_distrib]
  exact Finset.sum_congr rfl fun r _ => by ring

/-- The strength of a mode of two layers: the closed form. -/
noncomputable def saxeMode (σ s₀ t : ℝ) : ℝ :=
  σ * Real.exp (2 * σ * t) / (Real.exp (2 * σ * t) - 1 + σ / s₀)

/-- **Saxe, McClelland and Ganguli**: the closed form `σ e / (e - 1 + σ / s₀)`, `e = exp (2 σ t)`,
solves the equation of a mode of two layers; its root is the mode of each layer. -/
@[assignment "FLOW"]
theorem hasDerivAt_sqrt_saxeMode {σ s₀ : ℝ} (hσ : 0 < σ) (hs : 0 < s₀) {t : ℝ} (ht : 0 ≤ t) :
    HasDerivAt (fun t => √(saxeMode σ s₀ t))
      (√(saxeMode σ s₀ t) ^ (2 - 1) * (σ - √(saxeMode σ s₀ t) ^ 2)) t := by
  have hE : HasDerivAt (fun t => Real.exp (2 * σ * t)) (Real.exp (2 * σ * t) * (2 * σ)) t := by
    have h := ((hasDerivAt_id' t).const_mul (2 * σ)).exp
    simpa using h
  have hE1 : 1 ≤ Real.exp (2 * σ * t) := Real.one_le_exp (by positivity)
  have hden : 0 < Real.exp (2 * σ * t) - 1 + σ / s₀ := by
    have : 0 < σ / s₀ := div_pos hσ hs
    linarith
  have hpos : 0 < saxeMode σ s₀ t := by
    rw [saxeMode]
    positivity
  have hS : HasDerivAt (saxeMode σ s₀) (2 * saxeMode σ s₀ t * (σ - saxeMode σ s₀ t)) t := by
    have h := (hE.const_mul σ).fun_div ((hE.sub_const 1).add_const (σ / s₀)) hden.ne'
    refine h.congr_deriv ?_
    rw [saxeMode]
    have hne := hden.ne'
    generalize Real.exp (2 * σ * t) = E at *
    generalize σ / s₀ = d at *
    field_simp
  have h := hS.sqrt hpos.ne'
  refine h.congr_deriv ?_
  have hsq : √(saxeMode σ s₀ t) ^ 2 = saxeMode σ s₀ t := Real.sq_sqrt hpos.le
  have hne : √(saxeMode σ s₀ t) ≠ 0 := (Real.sqrt_pos.2 hpos).ne'
  rw [hsq]
  have h2 : saxeMode σ s₀ t = √(saxeMode σ s₀ t) * √(saxeMode σ s₀ t) := by rw [← sq, hsq]
  field_simp
  rw [pow_one]
  nlinarith [h2]

end DeepLinear
