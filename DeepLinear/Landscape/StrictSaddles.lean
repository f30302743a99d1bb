/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Landscape.Saddles
public import Mathlib.Analysis.Calculus.Deriv.Pow
public import Mathlib.Analysis.Calculus.Deriv.Shift

/-!
# Strict saddles

A critical point with a direction of negative second derivative. With three weight matrices or more
the origin is none, whatever the data are.

## Main definitions

* `DeepLinear.IsStrictSaddle`: critical, with a direction of negative second derivative.

## Main statements

* `DeepLinear.hasDerivAt_deriv_datasetLoss_line`: the second derivative along a line.
* `DeepLinear.not_isStrictSaddle_zero`: with three layers the origin is not strict.

## References

* K. Kawaguchi, *Deep Learning without Poor Local Minima*, arXiv:1605.07110, Theorem 2.3.
-/

@[expose] public section

open Matrix Topology

namespace DeepLinear

section Definition

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- A strict saddle: critical, with a direction of negative second derivative. -/
def IsStrictSaddle (W : Weights ι ℝ) (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) : Prop :=
  IsCritical W l ∧ ∃ (V : Weights ι ℝ) (c : ℝ), c < 0 ∧
    HasDerivAt (deriv fun t : ℝ => l (endToEnd (W + t • V))) c 0

variable {W : Weights ι ℝ}

lemma isCritical_add_const (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) (c : ℝ) :
    IsCritical W (fun A => l A + c) ↔ IsCritical W l := by
  simp only [IsCritical, HasLineDerivAt, hasDerivAt_add_const_iff]

lemma isStrictSaddle_add_const (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) (c : ℝ) :
    IsStrictSaddle W (fun A => l A + c) ↔ IsStrictSaddle W l := by
  have hderiv : ∀ f : ℝ → ℝ, (deriv fun t => f t + c) = deriv f := fun f => by
    funext t
    exact deriv_add_const c
  simp only [IsStrictSaddle, isCritical_add_const,
    hderiv fun t : ℝ => l (endToEnd (W + t • _))]

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
    (hW : IsCritical W (datasetLoss X Y)) (hV : datasetHessian X Y W V V < 0) :
    IsStrictSaddle W (datasetLoss X Y) :=
  ⟨hW, V, _, hV, hasDerivAt_deriv_datasetLoss_line X Y W V⟩

/-- With at least three weight matrices the origin is not a strict saddle of the dataset loss. -/
theorem not_isStrictSaddle_zero (hH : 3 ≤ H) :
    ¬ IsStrictSaddle (0 : Weights ι ℝ) (datasetLoss X Y) := by
  rintro ⟨-, V, c, hc, h⟩
  have h0 := hasDerivAt_deriv_datasetLoss_line X Y (0 : Weights ι ℝ) V
  rw [datasetHessian_zero X Y hH V V] at h0
  exact hc.ne (h.unique h0)

end Definition

end DeepLinear
