/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Loss
public import Mathlib.LinearAlgebra.Matrix.Notation

/-!
# Rational networks

Weights and data with rational entries. The definitions that the theorems speak of evaluate on them;
what is found over the rationals holds over the reals.

## Main definitions

* `DeepLinear.NetworkInstance`: weights and data.
* `DeepLinear.NetworkInstance.IsCriticalPoint`, `DeepLinear.NetworkInstance.IsGlobalMin`: what the
  weights are for the real loss.

## Main statements

* `DeepLinear.NetworkInstance.isCriticalPoint_iff`: the rational gradient decides criticality.
-/

@[expose] public section

open Matrix

namespace DeepLinear

/-- Rational weights of a network, and data. -/
structure NetworkInstance where
  /-- The number of weight matrices. -/
  depth : ℕ
  /-- The widths of the layers. -/
  widths : Fin (depth + 1) → ℕ
  /-- The number of samples. -/
  samples : ℕ
  /-- The weights, the first layer first. -/
  weights : Weights (fun k => Fin (widths k)) ℚ
  /-- The inputs, a column for each sample. -/
  X : Matrix (Fin (widths 0)) (Fin samples) ℚ
  /-- The outputs that are wanted, a column for each sample. -/
  Y : Matrix (Fin (widths (Fin.last depth))) (Fin samples) ℚ

namespace NetworkInstance

variable (e : NetworkInstance)

/-- The loss of weights on the data of the instance. -/
def loss (W : Weights (fun k => Fin (e.widths k)) ℚ) : ℚ :=
  datasetLoss e.X e.Y (endToEnd W)

/-- The gradient of the loss in layer `k`. -/
def gradient (k : Fin e.depth) : Matrix (Fin (e.widths k.succ)) (Fin (e.widths k.castSucc)) ℚ :=
  datasetGradient e.weights e.X e.Y k

/-- The loss of a real predictor on the data of the instance. -/
noncomputable def realLoss (A : Matrix (Fin (e.widths (Fin.last e.depth))) (Fin (e.widths 0)) ℝ) :
    ℝ :=
  datasetLoss (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ)) A

/-- Rational weights as real weights. -/
noncomputable def toReal {H : ℕ} {d : Fin (H + 1) → ℕ} (W : Weights (fun k => Fin (d k)) ℚ) :
    Weights (fun k => Fin (d k)) ℝ :=
  fun k => (W k).map (Rat.castHom ℝ)

/-- The weights over the reals, with entry `(i, j)` of layer `k` moved by `t`. -/
noncomputable def moved (k : Fin e.depth) (i : Fin (e.widths k.succ))
    (j : Fin (e.widths k.castSucc)) (t : ℝ) : Weights (fun k => Fin (e.widths k)) ℝ :=
  Function.update (toReal e.weights) k (toReal e.weights k + t • Matrix.single i j 1)

lemma endToEnd_toReal {H : ℕ} {d : Fin (H + 1) → ℕ} (W : Weights (fun k => Fin (d k)) ℚ) :
    endToEnd (toReal W) = (endToEnd W).map (Rat.castHom ℝ) :=
  endToEnd_map (Rat.castHom ℝ)

/-- The real loss of rational weights is the rational loss. -/
lemma realLoss_endToEnd_toReal (W : Weights (fun k => Fin (e.widths k)) ℚ) :
    e.realLoss (endToEnd (toReal W)) = (e.loss W : ℚ) := by
  rw [realLoss, endToEnd_toReal, datasetLoss_map, loss, Rat.coe_castHom]

variable {e} in
lemma realLoss_lt {better : Weights (fun k => Fin (e.widths k)) ℚ}
    (hb : e.loss better < e.loss e.weights) :
    e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights)) := by
  rw [realLoss_endToEnd_toReal, realLoss_endToEnd_toReal]
  exact_mod_cast hb

/-- The weights are a critical point of the real loss. -/
def IsCriticalPoint : Prop :=
  IsCritical (toReal e.weights) e.realLoss

/-- No real weights have a smaller loss. -/
def IsGlobalMin : Prop :=
  IsMinOn (fun W : Weights (fun k => Fin (e.widths k)) ℝ => e.realLoss (endToEnd W)) Set.univ
    (toReal e.weights)

/-- The real gradient is the rational gradient. -/
lemma datasetGradient_toReal (k : Fin e.depth) :
    datasetGradient (toReal e.weights) (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ)) k =
      (e.gradient k).map (Rat.castHom ℝ) :=
  datasetGradient_map (Rat.castHom ℝ) e.weights e.X e.Y k

/-- The rational gradient decides whether the weights are critical. -/
theorem isCriticalPoint_iff : e.IsCriticalPoint ↔ ∀ k, e.gradient k = 0 := by
  refine (isCritical_datasetLoss_iff _ _ _).trans ?_
  refine forall_congr' fun k => ?_
  rw [datasetGradient_toReal]
  refine ⟨fun h => ?_, fun h => by rw [h]; exact Matrix.map_zero _ (map_zero _)⟩
  exact Matrix.map_injective (Rat.castHom ℝ).injective (h.trans (Matrix.map_zero _ (map_zero
    _)).symm)

end NetworkInstance

end DeepLinear
