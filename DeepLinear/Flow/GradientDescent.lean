/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Flow.Convergence
public import DeepLinear.Flow.Basic
public import DeepLinear.InMathlib
public import DeepLinear.ForMathlib.Analysis.GradientDescent
public import DeepLinear.Landscape.Saddles
public import Mathlib.Analysis.InnerProductSpace.PiL2

/-!
# Gradient descent with a step

Near weights whose upper layers do not lose an output, `T Tᵀ ≥ s²` with `T = W_H ⋯ W_2`, the
gradient of the dataset loss dominates the loss, and the loss has bounded curvature. So gradient
descent with a step that is explicitly small enough, from a loss that is explicitly near enough to
the least one, converges at a linear rate, and its weights tend to a global minimum.

## Main statements

* `DeepLinear.datasetHessian_le`: the curvature where no layer is larger than `m`.
* `DeepLinear.mul_sqNorm_slope_le`: the gradient where the upper layers have moved by little.
* `DeepLinear.exists_tendsto_of_gradientDescent_deep`: gradient descent converges.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {W V : Weights ι ℝ} {m : ℝ}

section Products

variable {s : Type*} [Fintype s]

lemma frobeniusNorm_mul_head_le (hm : 0 ≤ m) (hW : ∀ k, frobeniusNorm (W k) ≤ m)
    (k : Fin (H + 1)) (A : Matrix s (ι k) ℝ) :
    frobeniusNorm (A * head W k) ≤ frobeniusNorm A * m ^ (k : ℕ) := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [head_succ, ← Matrix.mul_assoc, Fin.val_succ, pow_succ']
    refine (ih (A * W k)).trans ?_
    rw [← mul_assoc]
    refine mul_le_mul_of_nonneg_right ((frobeniusNorm_mul_le _ _).trans ?_) (pow_nonneg hm _)
    exact mul_le_mul_of_nonneg_left (hW k) (frobeniusNorm_nonneg A)

lemma frobeniusNorm_head_mul_le (hm : 0 ≤ m) (hW : ∀ k, frobeniusNorm (W k) ≤ m)
    (k : Fin (H + 1)) (X : Matrix (ι 0) s ℝ) :
    frobeniusNorm (head W k * X) ≤ m ^ (k : ℕ) * frobeniusNorm X := by
  induction k using Fin.induction with
  | zero => simp
  | succ k ih =>
    rw [head_succ, Matrix.mul_assoc, Fin.val_succ, pow_succ', mul_assoc]
    refine (frobeniusNorm_mul_le _ _).trans ?_
    exact mul_le_mul (hW k) ih (frobeniusNorm_nonneg _) hm

lemma frobeniusNorm_tail_mul_le (hm : 0 ≤ m) (hW : ∀ k, frobeniusNorm (W k) ≤ m)
    (k : Fin (H + 1)) (A : Matrix (ι k) s ℝ) :
    frobeniusNorm (tail W k * A) ≤ m ^ (H - (k : ℕ)) * frobeniusNorm A := by
  induction k using Fin.reverseInduction with
  | last => simp
  | cast k ih =>
    have hexp : H - (k.castSucc : ℕ) = H - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    rw [tail_castSucc, Matrix.mul_assoc, hexp, pow_succ, mul_assoc]
    refine (ih (W k * A)).trans (mul_le_mul_of_nonneg_left ?_ (pow_nonneg hm _))
    refine (frobeniusNorm_mul_le _ _).trans ?_
    exact mul_le_mul_of_nonneg_right (hW k) (frobeniusNorm_nonneg A)

/-- How far the product of the upper layers moves where no layer moves by more than `r`. -/
lemma mul_frobeniusNorm_tail_sub_le {W' : Weights ι ℝ} {r : ℝ} (hm : 0 ≤ m)
    (hW : ∀ k, frobeniusNorm (W k) ≤ m) (hW' : ∀ k, frobeniusNorm (W' k) ≤ m)
    (hr : ∀ k, frobeniusNorm (W k - W' k) ≤ r) (k : Fin (H + 1)) :
    m * frobeniusNorm (tail W k - tail W' k) ≤
      (H - (k : ℕ) : ℕ) * m ^ (H - (k : ℕ)) * r := by
  induction k using Fin.reverseInduction with
  | last => simp [frobeniusNorm_zero]
  | cast k ih =>
    have hexp : H - (k.castSucc : ℕ) = H - (k.succ : ℕ) + 1 := by
      simp only [Fin.val_castSucc, Fin.val_succ]
      omega
    have hsplit : tail W k.castSucc - tail W' k.castSucc =
        (tail W k.succ - tail W' k.succ) * W k + tail W' k.succ * (W k - W' k) := by
      rw [tail_castSucc, tail_castSucc, Matrix.sub_mul, Matrix.mul_sub]
      abel
    have h1 : frobeniusNorm ((tail W k.succ - tail W' k.succ) * W k) ≤
        frobeniusNorm (tail W k.succ - tail W' k.succ) * m :=
      (frobeniusNorm_mul_le _ _).trans
        (mul_le_mul_of_nonneg_left (hW k) (frobeniusNorm_nonneg _))
    have h2 : frobeniusNorm (tail W' k.succ * (W k - W' k)) ≤ m ^ (H - (k.succ : ℕ)) * r :=
      (frobeniusNorm_tail_mul_le hm hW' k.succ _).trans
        (mul_le_mul_of_nonneg_left (hr k) (pow_nonneg hm _))
    rw [hsplit, hexp]
    have h3 := frobeniusNorm_add_le ((tail W k.succ - tail W' k.succ) * W k)
      (tail W' k.succ * (W k - W' k))
    generalize H - (k.succ : ℕ) = e at *
    push_cast
    have h4 := mul_le_mul_of_nonneg_right ih hm
    have h5 := mul_le_mul_of_nonneg_left (h3.trans (add_le_add h1 h2)) hm
    refine h5.trans ?_
    rw [pow_succ]
    linarith

end Products

section Curvature

/-- The sum of the norms of the first `k` layers. -/
noncomputable def partialNorm (V : Weights ι ℝ) (k : ℕ) : ℝ :=
  ∑ j : Fin H, if (j : ℕ) < k then frobeniusNorm (V j) else 0

omit [∀ k, DecidableEq (ι k)] in
lemma partialNorm_nonneg (V : Weights ι ℝ) (k : ℕ) : 0 ≤ partialNorm V k :=
  Finset.sum_nonneg fun j _ => by
    split_ifs
    · exact frobeniusNorm_nonneg _
    · exact le_rfl

omit [∀ k, DecidableEq (ι k)] in
lemma partialNorm_succ (V : Weights ι ℝ) (k : Fin H) :
    partialNorm V (k + 1) = partialNorm V k + frobeniusNorm (V k) := by
  have h : ∀ j : Fin H, (if (j : ℕ) < k + 1 then frobeniusNorm (V j) else 0) =
      (if (j : ℕ) < k then frobeniusNorm (V j) else 0) +
        if j = k then frobeniusNorm (V j) else 0 := by
    intro j
    rcases lt_trichotomy (j : ℕ) (k : ℕ) with hjk | hjk | hjk
    · rw [if_pos (by omega), if_pos hjk, if_neg (by rintro rfl; omega), add_zero]
    · obtain rfl : j = k := Fin.ext hjk
      simp
    · rw [if_neg (by omega), if_neg (by omega), if_neg (by rintro rfl; omega), add_zero]
  rw [partialNorm, Finset.sum_congr rfl fun j _ => h j, Finset.sum_add_distrib,
    Finset.sum_ite_eq' Finset.univ k fun j => frobeniusNorm (V j), if_pos (Finset.mem_univ k)]
  rfl

omit [∀ k, DecidableEq (ι k)] in
lemma partialNorm_sq_le (V : Weights ι ℝ) : partialNorm V H ^ 2 ≤ H * ∑ k, sqNorm (V k) := by
  have h := Finset.sum_mul_sq_le_sq_mul_sq (Finset.univ : Finset (Fin H)) (fun _ => (1 : ℝ))
    fun k => frobeniusNorm (V k)
  have h1 : partialNorm V H = ∑ k : Fin H, frobeniusNorm (V k) :=
    Finset.sum_congr rfl fun j _ => if_pos j.2
  rw [h1]
  simpa [frobeniusNorm_sq] using h

lemma mul_frobeniusNorm_headDeriv_le (hm : 0 ≤ m) (hW : ∀ k, frobeniusNorm (W k) ≤ m)
    (k : Fin (H + 1)) : m * frobeniusNorm (headDeriv W V k) ≤ m ^ (k : ℕ) * partialNorm V k := by
  induction k using Fin.induction with
  | zero => simp [frobeniusNorm_zero, partialNorm]
  | succ k ih =>
    have h1 := frobeniusNorm_mul_head_le hm hW k.castSucc (V k)
    have h2 : frobeniusNorm (W k * headDeriv W V k.castSucc) ≤
        m * frobeniusNorm (headDeriv W V k.castSucc) := (frobeniusNorm_mul_le _ _).trans
      (mul_le_mul_of_nonneg_right (hW k) (frobeniusNorm_nonneg _))
    rw [headDeriv_succ, Fin.val_succ, partialNorm_succ, pow_succ]
    have h3 := mul_le_mul_of_nonneg_left ((frobeniusNorm_add_le (V k * head W k.castSucc)
      (W k * headDeriv W V k.castSucc)).trans (add_le_add h1 (h2.trans ih))) hm
    refine h3.trans_eq ?_
    rw [Fin.val_castSucc]
    ring

lemma mul_frobeniusNorm_headDeriv₂_le (hm : 0 ≤ m) (hW : ∀ k, frobeniusNorm (W k) ≤ m)
    (k : Fin (H + 1)) :
    m ^ 2 * frobeniusNorm (headDeriv₂ W V V k) ≤ m ^ (k : ℕ) * partialNorm V k ^ 2 := by
  induction k using Fin.induction with
  | zero =>
    have h : headDeriv₂ W V V 0 = 0 := rfl
    simp [h, frobeniusNorm_zero, partialNorm]
  | succ k ih =>
    have h1 : frobeniusNorm (V k * headDeriv W V k.castSucc) ≤
        frobeniusNorm (V k) * frobeniusNorm (headDeriv W V k.castSucc) := frobeniusNorm_mul_le _ _
    have h2 : frobeniusNorm (W k * headDeriv₂ W V V k.castSucc) ≤
        m * frobeniusNorm (headDeriv₂ W V V k.castSucc) := (frobeniusNorm_mul_le _ _).trans
      (mul_le_mul_of_nonneg_right (hW k) (frobeniusNorm_nonneg _))
    have h3 := mul_frobeniusNorm_headDeriv_le (V := V) hm hW k.castSucc
    have h4 := frobeniusNorm_add_le (V k * headDeriv W V k.castSucc +
      V k * headDeriv W V k.castSucc) (W k * headDeriv₂ W V V k.castSucc)
    have h5 := frobeniusNorm_add_le (V k * headDeriv W V k.castSucc)
      (V k * headDeriv W V k.castSucc)
    rw [headDeriv₂_succ, Fin.val_succ, partialNorm_succ, pow_succ m (k : ℕ)]
    rw [Fin.val_castSucc] at h3 ih
    have hV := frobeniusNorm_nonneg (V k)
    have hp := partialNorm_nonneg V k
    have hk : 0 ≤ m ^ (k : ℕ) := pow_nonneg hm _
    generalize frobeniusNorm (V k) = a at *
    generalize partialNorm V k = p at *
    generalize frobeniusNorm (headDeriv W V k.castSucc) = d at *
    generalize frobeniusNorm (headDeriv₂ W V V k.castSucc) = e at *
    generalize m ^ (k : ℕ) = q at *
    have h6 := h4.trans (add_le_add (h5.trans (add_le_add h1 h1)) h2)
    have h7 := mul_le_mul_of_nonneg_left h6 (sq_nonneg m)
    refine h7.trans ?_
    have h8 := mul_le_mul_of_nonneg_left h3 (mul_nonneg hm hV)
    have h9 := mul_le_mul_of_nonneg_left ih hm
    have h10 : 0 ≤ q * m * a ^ 2 := by positivity
    calc m ^ 2 * (a * d + a * d + m * e) = 2 * (m * a * (m * d)) + m * (m ^ 2 * e) := by ring
      _ ≤ 2 * (m * a * (q * p)) + m * (q * p ^ 2) := by linarith
      _ ≤ q * m * (p + a) ^ 2 := by linarith

variable {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- The factor of the curvature where no layer has a Frobenius norm above `m`: the second derivative
along `V` is at most this, divided by `m²`, times the squared norm of `V`. -/
noncomputable def curvatureFactor (m : ℝ) : ℝ :=
  H * (m ^ H * frobeniusNorm X * (2 * (m ^ H * frobeniusNorm X) + frobeniusNorm Y))

/-- A bound of the curvature, where no layer is larger than `m`. -/
theorem datasetHessian_le (hm : 0 ≤ m) (hW : ∀ k, frobeniusNorm (W k) ≤ m) (V : Weights ι ℝ) :
    m ^ 2 * datasetHessian W X Y V V ≤ curvatureFactor X Y m * ∑ k, sqNorm (V k) := by
  have hD := mul_frobeniusNorm_headDeriv_le (V := V) hm hW (Fin.last H)
  have hD₂ := mul_frobeniusNorm_headDeriv₂_le (V := V) hm hW (Fin.last H)
  have hR : frobeniusNorm (endToEnd W * X) ≤ m ^ H * frobeniusNorm X :=
    frobeniusNorm_head_mul_le hm hW (Fin.last H) X
  have hres := (frobeniusNorm_sub_le (endToEnd W * X) Y).trans (add_le_add_left hR _)
  have h1 : (headDeriv W V (Fin.last H) * X * (headDeriv W V (Fin.last H) * X)ᵀ).trace ≤
      (frobeniusNorm (headDeriv W V (Fin.last H)) * frobeniusNorm X) ^ 2 := by
    change sqNorm _ ≤ _
    rw [← frobeniusNorm_sq]
    exact pow_le_pow_left₀ (frobeniusNorm_nonneg _) (frobeniusNorm_mul_le _ _) 2
  have h2 := trace_mul_transpose_le (endToEnd W * X - Y) (headDeriv₂ W V V (Fin.last H) * X)
  have h3 := frobeniusNorm_mul_le (headDeriv₂ W V V (Fin.last H)) X
  have hsq := partialNorm_sq_le V
  rw [Fin.val_last] at hD hD₂
  rw [datasetHessian, curvatureFactor]
  have n1 := frobeniusNorm_nonneg (headDeriv W V (Fin.last H))
  have n2 := frobeniusNorm_nonneg (headDeriv₂ W V V (Fin.last H))
  have n3 := frobeniusNorm_nonneg X
  have n4 := frobeniusNorm_nonneg (endToEnd W * X - Y)
  have n5 := partialNorm_nonneg V H
  have n6 := frobeniusNorm_nonneg Y
  have n7 := pow_nonneg hm H
  have n7' := frobeniusNorm_nonneg (headDeriv₂ W V V (Fin.last H) * X)
  generalize (headDeriv W V (Fin.last H) * X * (headDeriv W V (Fin.last H) * X)ᵀ).trace = t₁ at *
  generalize ((endToEnd W * X - Y) * (headDeriv₂ W V V (Fin.last H) * X)ᵀ).trace = t₂ at *
  generalize frobeniusNorm (headDeriv₂ W V V (Fin.last H) * X) = e' at *
  generalize frobeniusNorm (headDeriv W V (Fin.last H)) = d at *
  generalize frobeniusNorm (headDeriv₂ W V V (Fin.last H)) = e at *
  generalize frobeniusNorm (endToEnd W * X - Y) = ρ at *
  generalize frobeniusNorm X = x at *
  generalize frobeniusNorm Y = y at *
  generalize partialNorm V H = p at *
  generalize m ^ H = q at *
  generalize ∑ k, sqNorm (V k) = v at *
  have hqxy : 0 ≤ q * x + y := by positivity
  have a1 : m ^ 2 * t₁ ≤ (q * p) ^ 2 * x ^ 2 := by
    calc m ^ 2 * t₁ ≤ m ^ 2 * (d * x) ^ 2 := mul_le_mul_of_nonneg_left h1 (sq_nonneg m)
      _ = (m * d) ^ 2 * x ^ 2 := by ring
      _ ≤ (q * p) ^ 2 * x ^ 2 := mul_le_mul_of_nonneg_right
        (pow_le_pow_left₀ (mul_nonneg hm n1) hD 2) (sq_nonneg x)
  have a2 : m ^ 2 * t₂ ≤ (q * x + y) * (q * p ^ 2) * x := by
    calc m ^ 2 * t₂ ≤ m ^ 2 * ((q * x + y) * (e * x)) := mul_le_mul_of_nonneg_left
          (h2.trans (mul_le_mul hres h3 n7' hqxy)) (sq_nonneg m)
      _ = (q * x + y) * (m ^ 2 * e) * x := by ring
      _ ≤ (q * x + y) * (q * p ^ 2) * x := mul_le_mul_of_nonneg_right
        (mul_le_mul_of_nonneg_left hD₂ hqxy) n3
  have a3 : q * x * (2 * (q * x) + y) * p ^ 2 ≤ q * x * (2 * (q * x) + y) * (H * v) :=
    mul_le_mul_of_nonneg_left hsq (by positivity)
  calc m ^ 2 * (t₁ + t₂) ≤ (q * p) ^ 2 * x ^ 2 + (q * x + y) * (q * p ^ 2) * x := by linarith
    _ = q * x * (2 * (q * x) + y) * p ^ 2 := by ring
    _ ≤ q * x * (2 * (q * x) + y) * (H * v) := a3
    _ = H * (q * x * (2 * (q * x) + y)) * v := by ring

end Curvature

section Euclidean

/-- The indices of all entries of the weights. -/
abbrev Entries (ι : Fin (H + 1) → Type*) : Type _ :=
  Σ k : Fin H, ι k.succ × ι k.castSucc

/-- Weights as a point of the Euclidean space of all entries. -/
noncomputable def ofWeights (W : Weights ι ℝ) : EuclideanSpace ℝ (Entries ι) :=
  WithLp.toLp 2 fun e => W e.1 e.2.1 e.2.2

/-- A point of the Euclidean space of all entries as weights. -/
def toWeights (x : EuclideanSpace ℝ (Entries ι)) : Weights ι ℝ :=
  fun k => Matrix.of fun i j => x ⟨k, i, j⟩

omit [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] in
lemma toWeights_ofWeights (W : Weights ι ℝ) : toWeights (ofWeights W) = W :=
  rfl

omit [∀ k, DecidableEq (ι k)] in
lemma norm_ofWeights_sq (W : Weights ι ℝ) : ‖ofWeights W‖ ^ 2 = ∑ k, sqNorm (W k) := by
  rw [EuclideanSpace.norm_sq_eq, Fintype.sum_sigma]
  refine Finset.sum_congr rfl fun k _ => ?_
  rw [sqNorm, trace_mul_transpose_self, Fintype.sum_prod_type]
  refine Finset.sum_congr rfl fun i _ => Finset.sum_congr rfl fun j _ => ?_
  rw [Real.norm_eq_abs, sq_abs]
  rfl

omit [∀ k, DecidableEq (ι k)] in
/-- No layer is farther away than all of them. -/
lemma frobeniusNorm_sub_le_norm_sub (x y : EuclideanSpace ℝ (Entries ι)) (k : Fin H) :
    frobeniusNorm (toWeights x k - toWeights y k) ≤ ‖x - y‖ := by
  refine abs_le_of_sq_le_sq' ?_ (norm_nonneg _) |>.2
  have h : ‖x - y‖ ^ 2 = ∑ k, sqNorm (toWeights x k - toWeights y k) :=
    norm_ofWeights_sq (toWeights x - toWeights y)
  rw [frobeniusNorm_sq, h]
  exact Finset.single_le_sum (f := fun k => sqNorm (toWeights x k - toWeights y k))
    (fun k _ => sqNorm_nonneg _) (Finset.mem_univ k)

variable {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

section

open scoped Matrix.Norms.Elementwise

/-- The derivative of the loss along a line. -/
lemma hasDerivAt_datasetLoss_line (W V : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) :
    HasDerivAt (fun t : ℝ => datasetLoss X Y (endToEnd (W + t • V)))
      (∑ k, innerProduct (datasetGradient W X Y k) (V k)) 0 := by
  have h := (hasFDerivAt_datasetLoss_endToEnd W X Y).hasLineDerivAt V
  change HasDerivAt _ (datasetFDeriv X Y W V) 0 at h
  rwa [datasetFDeriv_apply] at h

end

omit [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] in
lemma continuous_toWeights :
    Continuous (toWeights : EuclideanSpace ℝ (Entries ι) → Weights ι ℝ) :=
  continuous_pi fun k => continuous_pi fun i => continuous_pi fun j =>
    (continuous_apply (⟨k, i, j⟩ : Entries ι)).comp (PiLp.continuous_ofLp 2 _)

/-- A step of gradient descent lowers the loss, where the curvature is bounded along it. -/
lemma datasetLoss_step_le {W V : Weights ι ℝ} {t : ℝ} (hm : 0 < m) (ht : 0 ≤ t)
    (hV : ∀ k, V k = -t • datasetGradient W X Y k) (hstep : t * curvatureFactor X Y m ≤ m ^ 2)
    (hW : ∀ u ∈ Set.Icc (0 : ℝ) 1, ∀ k, frobeniusNorm ((W + u • V) k) ≤ m) :
    datasetLoss X Y (endToEnd (W + V)) ≤
      datasetLoss X Y (endToEnd W) - t / 2 * ∑ k, sqNorm (datasetGradient W X Y k) := by
  obtain ⟨S, hS⟩ : ∃ S, S = ∑ k, sqNorm (datasetGradient W X Y k) := ⟨_, rfl⟩
  have hS0 : 0 ≤ S := hS ▸ Finset.sum_nonneg fun k _ => sqNorm_nonneg _
  have hVS : ∑ k, sqNorm (V k) = t ^ 2 * S := by
    rw [hS, Finset.mul_sum]
    refine Finset.sum_congr rfl fun k _ => ?_
    simp only [hV, sqNorm, Matrix.transpose_smul, Matrix.smul_mul, Matrix.mul_smul,
      Matrix.trace_smul, smul_eq_mul]
    ring
  have hshift : ∀ u : ℝ, (fun b : ℝ => datasetLoss X Y (endToEnd (W + u • V + b • V))) =
      fun b => datasetLoss X Y (endToEnd (W + (u + b) • V)) := fun u => by
    funext b
    rw [add_smul, add_assoc]
  obtain ⟨f, hf⟩ : ∃ f : ℝ → ℝ, f = fun u => datasetLoss X Y (endToEnd (W + u • V)) := ⟨_, rfl⟩
  have hfu : ∀ u, HasDerivAt f (deriv f u) u := fun u => by
    have h := hasDerivAt_datasetLoss_line (W + u • V) V X Y
    rw [hshift] at h
    have h2 : HasDerivAt (fun b => f (u + b))
        (∑ k, innerProduct (datasetGradient (W + u • V) X Y k) (V k)) 0 := by
      rw [hf]
      exact h
    have h3 := HasDerivAt.comp_sub_const u u (f := fun b => f (u + b)) (by simpa using h2)
    simp only [add_sub_cancel] at h3
    exact h3.differentiableAt.hasDerivAt
  have hfu' : ∀ u, HasDerivAt (deriv f) (datasetHessian (W + u • V) X Y V V) u := fun u => by
    have h := hasDerivAt_deriv_datasetLoss_line (W + u • V) V X Y
    rw [hshift] at h
    have hd : (deriv fun b => f (u + b)) = fun b => deriv f (u + b) := by
      funext b
      exact deriv_comp_const_add f u b
    have h2 : HasDerivAt (fun b => deriv f (u + b)) (datasetHessian (W + u • V) X Y V V) 0 := by
      rw [← hd, hf]
      exact h
    have h3 := HasDerivAt.comp_sub_const u u (f := fun b => deriv f (u + b)) (by simpa using h2)
    simpa only [add_sub_cancel] using h3
  have hf0 : deriv f 0 = -t * S := by
    have h := hasDerivAt_datasetLoss_line W V X Y
    rw [hf, h.deriv, hS, Finset.mul_sum]
    refine Finset.sum_congr rfl fun k _ => ?_
    rw [hV, map_smul, innerProduct_apply, smul_eq_mul, sqNorm]
  have hbound : ∀ u ∈ Set.Icc (0 : ℝ) 1, datasetHessian (W + u • V) X Y V V ≤ t * S := by
    intro u hu
    have h := datasetHessian_le X Y hm.le (hW u hu) V
    rw [hVS] at h
    have h2 : curvatureFactor X Y m * (t ^ 2 * S) ≤ m ^ 2 * (t * S) := by
      have := mul_le_mul_of_nonneg_right hstep (mul_nonneg ht hS0)
      linarith
    exact le_of_mul_le_mul_left (h.trans h2) (by positivity)
  have h := le_add_add_div_two hfu hfu' hbound
  have e1 : f 1 = datasetLoss X Y (endToEnd (W + V)) := by
    rw [hf]
    simp only [one_smul]
  have e0 : f 0 = datasetLoss X Y (endToEnd W) := by
    rw [hf]
    simp only [zero_smul, add_zero]
  rw [hf0, e1, e0] at h
  rw [← hS]
  linarith

end Euclidean

section Deep

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last (n + 1))) s ℝ}

/-- The gradient in the first layer dominates the slope of the loss in the end-to-end matrix, if
`T Tᵀ ≥ σ²` held at `W'` and the product of the upper layers has moved by `σ / 2` at most. -/
lemma mul_sqNorm_slope_le {W W' : Weights ι ℝ} {σ : ℝ} (hσ : 0 ≤ σ)
    (hT : ∀ v, σ ^ 2 * (v ⬝ᵥ v) ≤
      (v ᵥ* tail W' (Fin.succ 0)) ⬝ᵥ (v ᵥ* tail W' (Fin.succ 0)))
    (hmove : frobeniusNorm (tail W (Fin.succ 0) - tail W' (Fin.succ 0)) ≤ σ / 2) :
    σ ^ 2 / 4 * sqNorm ((endToEnd W * X - Y) * Xᵀ) ≤ ∑ k, sqNorm (datasetGradient W X Y k) := by
  obtain ⟨G, hG⟩ : ∃ G, G = (endToEnd W * X - Y) * Xᵀ := ⟨_, rfl⟩
  obtain ⟨T, hTd⟩ : ∃ T : Matrix (ι (Fin.last (n + 1))) (ι (Fin.succ 0)) ℝ,
      T = tail W (Fin.succ 0) := ⟨_, rfl⟩
  obtain ⟨T', hTd'⟩ : ∃ T : Matrix (ι (Fin.last (n + 1))) (ι (Fin.succ 0)) ℝ,
      T = tail W' (Fin.succ 0) := ⟨_, rfl⟩
  rw [← hTd'] at hT hmove
  rw [← hTd] at hmove
  have hfirst : sqNorm (datasetGradient W X Y 0) = sqNorm (Tᵀ * G) := by
    have h : firstLayer (datasetGradient W X Y) = Tᵀ * G * (1 : Matrix (ι 0) (ι 0) ℝ)ᵀ := by
      rw [firstLayer, datasetGradient, layerGradient, ← hG, hTd]
      rfl
    rw [Matrix.transpose_one, Matrix.mul_one] at h
    rw [← h]
    rfl
  have h1 : σ * frobeniusNorm G ≤ frobeniusNorm (T'ᵀ * G) := by
    refine abs_le_of_sq_le_sq' ?_ (frobeniusNorm_nonneg _) |>.2
    rw [mul_pow, frobeniusNorm_sq, frobeniusNorm_sq, ← sqNorm_transpose G,
      ← sqNorm_transpose (T'ᵀ * G), Matrix.transpose_mul, Matrix.transpose_transpose,
      sqNorm_eq_sum_rows, sqNorm_eq_sum_rows, Finset.mul_sum]
    exact Finset.sum_le_sum fun j _ => hT (Gᵀ j)
  have h2 : frobeniusNorm (T'ᵀ * G) ≤ frobeniusNorm (Tᵀ * G) + σ / 2 * frobeniusNorm G := by
    have hsplit : T'ᵀ * G = Tᵀ * G - (T - T')ᵀ * G := by
      rw [Matrix.transpose_sub, Matrix.sub_mul]
      abel
    rw [hsplit]
    refine (frobeniusNorm_sub_le _ _).trans (add_le_add le_rfl ?_)
    refine (frobeniusNorm_mul_le _ _).trans
      (mul_le_mul_of_nonneg_right ?_ (frobeniusNorm_nonneg _))
    rw [frobeniusNorm_transpose]
    exact hmove
  have h3 : σ / 2 * frobeniusNorm G ≤ frobeniusNorm (Tᵀ * G) := by linarith
  rw [← hG]
  calc σ ^ 2 / 4 * sqNorm G = (σ / 2 * frobeniusNorm G) ^ 2 := by
        rw [mul_pow, frobeniusNorm_sq]
        ring
    _ ≤ frobeniusNorm (Tᵀ * G) ^ 2 := pow_le_pow_left₀
        (mul_nonneg (by linarith) (frobeniusNorm_nonneg _)) h3 2
    _ = sqNorm (datasetGradient W X Y 0) := by rw [frobeniusNorm_sq, hfirst]
    _ ≤ ∑ k, sqNorm (datasetGradient W X Y k) :=
        Finset.single_le_sum (f := fun k => sqNorm (datasetGradient W X Y k))
          (fun k _ => sqNorm_nonneg _) (Finset.mem_univ 0)

/-- The loss as a function of all entries. -/
noncomputable def entriesLoss (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last (n + 1))) s ℝ)
    (x : EuclideanSpace ℝ (Entries ι)) : ℝ :=
  datasetLoss X Y (endToEnd (toWeights x))

/-- The gradient as a function of all entries. -/
noncomputable def entriesGradient (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last (n + 1))) s ℝ)
    (x : EuclideanSpace ℝ (Entries ι)) : EuclideanSpace ℝ (Entries ι) :=
  ofWeights fun k => datasetGradient (toWeights x) X Y k

lemma norm_entriesGradient_sq (x : EuclideanSpace ℝ (Entries ι)) :
    ‖entriesGradient X Y x‖ ^ 2 = ∑ k, sqNorm (datasetGradient (toWeights x) X Y k) :=
  norm_ofWeights_sq _

section Ball

variable {W₀ : Weights ι ℝ} {r m : ℝ}

omit [∀ k, DecidableEq (ι k)] in
lemma frobeniusNorm_sub_le_of_mem_closedBall {x : EuclideanSpace ℝ (Entries ι)}
    (hx : x ∈ Metric.closedBall (ofWeights W₀) r) (k : Fin (n + 1)) :
    frobeniusNorm (toWeights x k - W₀ k) ≤ r :=
  (frobeniusNorm_sub_le_norm_sub x (ofWeights W₀) k).trans (by rwa [← dist_eq_norm])

omit [∀ k, DecidableEq (ι k)] in
lemma frobeniusNorm_le_of_mem_closedBall (hnorm : ∀ l, frobeniusNorm (W₀ l) + r ≤ m)
    {x : EuclideanSpace ℝ (Entries ι)} (hx : x ∈ Metric.closedBall (ofWeights W₀) r)
    (k : Fin (n + 1)) : frobeniusNorm (toWeights x k) ≤ m := by
  have h := frobeniusNorm_add_le (toWeights x k - W₀ k) (W₀ k)
  rw [sub_add_cancel] at h
  linarith [frobeniusNorm_sub_le_of_mem_closedBall hx k, hnorm k]

/-- A step within the ball lowers the loss by half of what the slope promises. -/
lemma entriesLoss_step_le {η : ℝ} (hm : 0 < m) (hnorm : ∀ l, frobeniusNorm (W₀ l) + r ≤ m)
    (hsmall : η * curvatureFactor X Y m ≤ m ^ 2) {x : EuclideanSpace ℝ (Entries ι)}
    (hx : x ∈ Metric.closedBall (ofWeights W₀) r) {t : ℝ} (ht : t ∈ Set.Icc 0 η)
    (hy : x - t • entriesGradient X Y x ∈ Metric.closedBall (ofWeights W₀) r) :
    entriesLoss X Y (x - t • entriesGradient X Y x) ≤
      entriesLoss X Y x - t / 2 * ‖entriesGradient X Y x‖ ^ 2 := by
  have hseg : ∀ u ∈ Set.Icc (0 : ℝ) 1, x + u • -(t • entriesGradient X Y x) ∈
      Metric.closedBall (ofWeights W₀) r := fun u hu => by
    have h := (convex_closedBall (ofWeights W₀) r).add_smul_sub_mem hx hy hu
    rwa [sub_sub_cancel_left] at h
  have h := datasetLoss_step_le X Y (W := toWeights x)
    (V := toWeights (-(t • entriesGradient X Y x))) hm ht.1 (fun k => ?_)
    ((mul_le_mul_of_nonneg_right ht.2 ?_).trans hsmall)
    fun u hu k => frobeniusNorm_le_of_mem_closedBall hnorm (hseg u hu) k
  · rw [norm_entriesGradient_sq]
    exact h
  · ext i j
    simp [entriesGradient, toWeights, ofWeights]
  · have := frobeniusNorm_nonneg X
    have := frobeniusNorm_nonneg Y
    rw [curvatureFactor]
    positivity

/-- The Polyak-Lojasiewicz inequality within the ball. -/
lemma le_norm_entriesGradient_sq {lam σ : ℝ} (hlam : 0 < lam) (hσ : 0 < σ) (hm : 0 < m)
    (hr : 0 < r) (hX : ∀ v, lam * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v)
    (hT : ∀ v, σ ^ 2 * (v ⬝ᵥ v) ≤ (v ᵥ* tail W₀ (Fin.succ 0)) ⬝ᵥ (v ᵥ* tail W₀ (Fin.succ 0)))
    (hnorm : ∀ l, frobeniusNorm (W₀ l) + r ≤ m) (hball : 2 * (n * m ^ n * r) ≤ σ * m)
    (R₀ : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ) {x : EuclideanSpace ℝ (Entries ι)}
    (hx : x ∈ Metric.closedBall (ofWeights W₀) r) :
    2 * (lam * σ ^ 2 / 4) * (entriesLoss X Y x - datasetLoss X Y R₀) ≤
      ‖entriesGradient X Y x‖ ^ 2 := by
  have hmove : frobeniusNorm (tail (toWeights x) (Fin.succ 0) - tail W₀ (Fin.succ 0)) ≤
      σ / 2 := by
    have h := mul_frobeniusNorm_tail_sub_le hm.le (frobeniusNorm_le_of_mem_closedBall hnorm hx)
      (fun k => by linarith [hnorm k]) (frobeniusNorm_sub_le_of_mem_closedBall hx) (Fin.succ 0)
    have hexp : n + 1 - ((Fin.succ 0 : Fin (n + 2)) : ℕ) = n := by simp
    rw [hexp] at h
    refine le_of_mul_le_mul_left (h.trans ?_) hm
    linarith
  have h1 := mul_sqNorm_slope_le (X := X) (Y := Y) hσ.le hT hmove
  have h2 := two_mul_datasetLoss_sub_le Y hlam.le hX (endToEnd (toWeights x)) R₀
  have h3 := mul_le_mul_of_nonneg_left h2 (by positivity : 0 ≤ σ ^ 2 / 4)
  rw [norm_entriesGradient_sq, entriesLoss]
  linarith

end Ball

/-- The start is near enough to the minimum, in the terms of the ball. -/
lemma four_div_sqrt_mul_sqrt_lt {μ d r : ℝ} (hμ : 0 < μ) (hd : 0 ≤ d) (hr : 0 < r)
    (h : 8 * d < μ * r ^ 2) : 4 / √(2 * μ) * √d < r := by
  have hpos : 0 < √(2 * μ) := Real.sqrt_pos.2 (by positivity)
  rw [div_mul_eq_mul_div, div_lt_iff₀ hpos]
  refine lt_of_pow_lt_pow_left₀ 2 (by positivity) ?_
  rw [mul_pow, mul_pow, Real.sq_sqrt hd, Real.sq_sqrt (by positivity)]
  linarith

/-- **Gradient descent converges** near a global minimum, at a linear rate: `X Xᵀ ≥ λ`, the product
`T` of the upper layers has `T Tᵀ ≥ σ²` at the start, no layer has a Frobenius norm above `m - r`,
the ball of radius `r` is small beside `σ`, the loss is nearer to the least one than
`λ σ² r² / 32`, and the step is at most `m²` divided by the curvature factor. Then the distance to
the least loss shrinks by `1 - η λ σ² / 4` a step, and the weights tend to a global minimum. -/
theorem exists_tendsto_of_gradientDescent_deep {W : ℕ → Weights ι ℝ} {η lam σ r m : ℝ}
    (hstep : ∀ k l, W (k + 1) l = W k l - η • datasetGradient (W k) X Y l) (hη : 0 < η)
    (hlam : 0 < lam) (hσ : 0 < σ) (hm : 0 < m) (hr : 0 < r)
    (hX : ∀ v, lam * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v)
    (hT : ∀ v, σ ^ 2 * (v ⬝ᵥ v) ≤
      (v ᵥ* tail (W 0) (Fin.succ 0)) ⬝ᵥ (v ᵥ* tail (W 0) (Fin.succ 0)))
    (hnorm : ∀ l, frobeniusNorm (W 0 l) + r ≤ m) (hball : 2 * (n * m ^ n * r) ≤ σ * m)
    {R₀ : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ}
    (hR₀ : ∀ R, datasetLoss X Y R₀ ≤ datasetLoss X Y R)
    (hgap : 32 * (datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀) < lam * σ ^ 2 * r ^ 2)
    (hsmall : η * curvatureFactor X Y m ≤ m ^ 2) :
    (∀ k, datasetLoss X Y (endToEnd (W k)) - datasetLoss X Y R₀ ≤
      (1 - η * (lam * σ ^ 2 / 4)) ^ k *
        (datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀)) ∧
      ∃ W₁ : Weights ι ℝ, Filter.Tendsto W Filter.atTop (𝓝 W₁) ∧
        IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W₁ := by
  have hroot : 4 / √(2 * (lam * σ ^ 2 / 4)) *
      √(entriesLoss X Y (ofWeights (W 0)) - datasetLoss X Y R₀) < r := by
    have hgap' : 32 * (entriesLoss X Y (ofWeights (W 0)) - datasetLoss X Y R₀) <
        lam * σ ^ 2 * r ^ 2 := hgap
    exact four_div_sqrt_mul_sqrt_lt (by positivity) (sub_nonneg.2 (hR₀ _)) hr (by linarith)
  have hcont : Continuous (entriesLoss X Y : EuclideanSpace ℝ (Entries ι) → ℝ) :=
    (continuous_datasetLoss_endToEnd X Y).comp continuous_toWeights
  obtain ⟨hrate, y, hy, hyL⟩ := exists_tendsto_of_gradientDescent (g := entriesGradient X Y)
    (by positivity : 0 < lam * σ ^ 2 / 4) hη
    (fun x hx t ht hy => entriesLoss_step_le hm hnorm hsmall hx ht hy)
    (fun x hx => le_norm_entriesGradient_sq hlam hσ hm hr hX hT hnorm hball R₀ hx)
    (fun x _ => hR₀ _) hcont hroot (x := fun k => ofWeights (W k)) rfl fun k => by
      ext e
      simp only [entriesGradient, ofWeights, hstep, PiLp.sub_apply, PiLp.smul_apply, smul_eq_mul,
        Matrix.sub_apply, Matrix.smul_apply]
      rfl
  refine ⟨fun k => (hrate k).2, toWeights y, ?_, fun U _ => ?_⟩
  · exact (continuous_toWeights.tendsto y).comp hy
  · exact (show datasetLoss X Y (endToEnd (toWeights y)) = datasetLoss X Y R₀ from hyL).trans_le
      (hR₀ _)

end Deep

end DeepLinear
