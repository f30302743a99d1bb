/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinearExamples.Basic
public import DeepLinear.Population
public import Mathlib.MeasureTheory.Function.L2Space

/-!
# Instances of Problems 1.1 to 1.3, and of Problem 5

Distributions on finitely many points with rational masses. Their moments, and the gradient of the
population loss, evaluate over the rationals; the theorems say that these are the derivatives.

## Main definitions

* `DeepLinear.columnMeasure p X Y`: the distribution of the columns of `X` and `Y` with masses `p`.
* `DeepLinear.PopulationInstance`: a rational network with such a distribution.
-/

@[expose] public section

open Matrix MeasureTheory

namespace DeepLinear

section ColumnMeasure

variable {m n s : Type*} [Finite m] [Finite n] [Fintype s] (p : s → NNReal) (X : Matrix n s ℝ)
  (Y : Matrix m s ℝ)

/-- The distribution that takes column `a` of `X` and `Y` with the mass `p a`. -/
noncomputable def columnMeasure : Measure ((n → ℝ) × (m → ℝ)) :=
  ∑ a, p a • Measure.dirac (fun j => X j a, fun i => Y i a)

lemma integrable_columnMeasure (f : (n → ℝ) × (m → ℝ) → ℝ) :
    Integrable f (columnMeasure p X Y) :=
  integrable_finsetSum_measure.2 fun _ _ => (integrable_dirac (by simp)).smul_measure_nnreal

lemma integral_columnMeasure (f : (n → ℝ) × (m → ℝ) → ℝ) :
    ∫ z, f z ∂columnMeasure p X Y = ∑ a, p a * f (fun j => X j a, fun i => Y i a) := by
  rw [columnMeasure, integral_finsetSum_measure fun a _ =>
    (integrable_dirac (by simp)).smul_measure_nnreal]
  refine Finset.sum_congr rfl fun a _ => ?_
  rw [integral_smul_nnreal_measure, integral_dirac]
  rfl

lemma hasFiniteSecondMoments_columnMeasure : HasFiniteSecondMoments (columnMeasure p X Y) := by
  refine ⟨fun i => ?_, fun j => ?_⟩
  · refine (memLp_two_iff_integrable_sq ?_).2 (integrable_columnMeasure p X Y _)
    exact ((measurable_pi_apply i).comp measurable_fst).aestronglyMeasurable
  · refine (memLp_two_iff_integrable_sq ?_).2 (integrable_columnMeasure p X Y _)
    exact ((measurable_pi_apply j).comp measurable_snd).aestronglyMeasurable

variable [DecidableEq s]

lemma inputMoment_columnMeasure :
    inputMoment (columnMeasure p X Y) = X * Matrix.diagonal (fun a => (p a : ℝ)) * Xᵀ := by
  ext i j
  rw [inputMoment, Matrix.of_apply, integral_columnMeasure, Matrix.mul_apply]
  refine Finset.sum_congr rfl fun a _ => ?_
  rw [Matrix.mul_diagonal, Matrix.transpose_apply]
  ring

lemma crossMoment_columnMeasure :
    crossMoment (columnMeasure p X Y) = Y * Matrix.diagonal (fun a => (p a : ℝ)) * Xᵀ := by
  ext i j
  rw [crossMoment, Matrix.of_apply, integral_columnMeasure, Matrix.mul_apply]
  refine Finset.sum_congr rfl fun a _ => ?_
  rw [Matrix.mul_diagonal, Matrix.transpose_apply]
  ring

omit [DecidableEq s] in
lemma populationLoss_columnMeasure {m n : Type*} [Fintype m] [Fintype n] (X : Matrix n s ℝ)
    (Y : Matrix m s ℝ) (A : Matrix m n ℝ) :
    populationLoss (columnMeasure p X Y) A =
      (∑ a, p a * ∑ i, (Y i a - (A * X) i a) ^ 2) / 2 := by
  rw [populationLoss, integral_columnMeasure]
  rfl

end ColumnMeasure

/-- A rational network, and a distribution on the columns of its data. -/
structure PopulationInstance extends NetworkInstance where
  /-- The masses of the columns. -/
  masses : Fin samples → ℚ

namespace PopulationInstance

variable (e : PopulationInstance)

/-- `E x xᵀ`. -/
def inputMoment : Matrix (Fin (e.widths 0)) (Fin (e.widths 0)) ℚ :=
  e.X * Matrix.diagonal e.masses * e.Xᵀ

/-- `E y xᵀ`. -/
def crossMoment : Matrix (Fin (e.widths (Fin.last e.depth))) (Fin (e.widths 0)) ℚ :=
  e.Y * Matrix.diagonal e.masses * e.Xᵀ

/-- The gradient of the population loss in layer `k`. -/
def populationGradient (k : Fin e.depth) :
    Matrix (Fin (e.widths k.succ)) (Fin (e.widths k.castSucc)) ℚ :=
  layerGradient e.weights (endToEnd e.weights * e.inputMoment - e.crossMoment) k

/-- The population loss of weights, over the rationals. -/
def populationLoss (W : Weights (fun k => Fin (e.widths k)) ℚ) : ℚ :=
  (∑ a, e.masses a * ∑ i, (e.Y i a - (endToEnd W * e.X) i a) ^ 2) / 2

/-- The distribution. -/
noncomputable def measure :
    Measure ((Fin (e.widths 0) → ℝ) × (Fin (e.widths (Fin.last e.depth)) → ℝ)) :=
  columnMeasure (fun a => ((e.masses a : ℚ) : ℝ).toNNReal) (e.X.map (Rat.castHom ℝ))
    (e.Y.map (Rat.castHom ℝ))

/-- The masses are a probability, and the partial derivatives of the population loss at the weights
are the entries of the rational gradient. -/
def IsPopulationExample : Prop :=
  (∀ a, 0 ≤ e.masses a) ∧ ∑ a, e.masses a = 1 ∧
    ∀ (k : Fin e.depth) (i : Fin (e.widths k.succ)) (j : Fin (e.widths k.castSucc)),
      HasDerivAt
        (fun t : ℝ => DeepLinear.populationLoss e.measure (endToEnd (e.moved k i j t)))
        (e.populationGradient k i j : ℝ) 0

variable {e}

lemma isPopulationExample (hmasses : ∀ a, 0 ≤ e.masses a) (hsum : ∑ a, e.masses a = 1) :
    e.IsPopulationExample := by
  refine ⟨hmasses, hsum, fun k i j => ?_⟩
  have hμ := hasFiniteSecondMoments_columnMeasure (fun a => ((e.masses a : ℚ) : ℝ).toNNReal)
    (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ))
  have h := hasDerivAt_populationLoss_endToEnd_entry (NetworkInstance.toReal e.weights) hμ k i j
  have hdiag : (Matrix.diagonal fun a => (((e.masses a : ℚ) : ℝ).toNNReal : ℝ)) =
      (Matrix.diagonal e.masses).map (Rat.castHom ℝ) := by
    rw [Matrix.diagonal_map (map_zero _)]
    congr 1
    funext a
    exact Real.coe_toNNReal _ (by exact_mod_cast hmasses a)
  refine h.congr_deriv ?_
  have hgrad : (tail (NetworkInstance.toReal e.weights) k.succ)ᵀ *
      (endToEnd (NetworkInstance.toReal e.weights) *
        DeepLinear.inputMoment (columnMeasure (fun a => ((e.masses a : ℚ) : ℝ).toNNReal)
          (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ))) -
        DeepLinear.crossMoment (columnMeasure (fun a => ((e.masses a : ℚ) : ℝ).toNNReal)
          (e.X.map (Rat.castHom ℝ)) (e.Y.map (Rat.castHom ℝ)))) *
      (head (NetworkInstance.toReal e.weights) k.castSucc)ᵀ =
      (e.populationGradient k).map (Rat.castHom ℝ) := by
    rw [inputMoment_columnMeasure, crossMoment_columnMeasure, hdiag]
    have htail := tail_map (W := e.weights) (Rat.castHom ℝ) k.succ
    have hhead := head_map (W := e.weights) (Rat.castHom ℝ) k.castSucc
    have hend := endToEnd_map (W := e.weights) (Rat.castHom ℝ)
    simp only [populationGradient, layerGradient, inputMoment, crossMoment, Matrix.map_mul,
      Matrix.transpose_map, Matrix.map_sub _ (map_sub _), ← htail, ← hhead, ← hend]
    rfl
  exact congrFun (congrFun hgrad i) j

/-- The real population loss of rational weights is the rational one. -/
lemma populationLoss_toReal (hmasses : ∀ a, 0 ≤ e.masses a)
    (W : Weights (fun k => Fin (e.widths k)) ℚ) :
    DeepLinear.populationLoss e.measure (endToEnd (NetworkInstance.toReal W)) =
      (e.populationLoss W : ℚ) := by
  have hmass : ∀ a, ((((e.masses a : ℚ) : ℝ).toNNReal : NNReal) : ℝ) = (e.masses a : ℚ) :=
    fun a => Real.coe_toNNReal _ (by exact_mod_cast hmasses a)
  rw [measure, populationLoss_columnMeasure, NetworkInstance.endToEnd_toReal, ← Matrix.map_mul,
    populationLoss]
  push_cast
  simp only [hmass, Matrix.map_apply, Rat.coe_castHom]

/-- The gradient of the population loss vanishes at the weights, which are no local minimum, and
`better` has a smaller loss. -/
def IsPopulationSaddle (e : PopulationInstance) (better : Weights (fun k => Fin (e.widths k)) ℚ) :
    Prop :=
  e.IsPopulationExample ∧ (∀ k, e.populationGradient k = 0) ∧
    ¬ IsLocalMin (fun W : Weights (fun k => Fin (e.widths k)) ℝ =>
      DeepLinear.populationLoss e.measure (endToEnd W)) (NetworkInstance.toReal e.weights) ∧
    DeepLinear.populationLoss e.measure (endToEnd (NetworkInstance.toReal better)) <
      DeepLinear.populationLoss e.measure (endToEnd (NetworkInstance.toReal e.weights))

lemma isPopulationSaddle {better : Weights (fun k => Fin (e.widths k)) ℚ}
    (hmasses : ∀ a, 0 ≤ e.masses a) (hsum : ∑ a, e.masses a = 1)
    (h : ∀ k, e.populationGradient k = 0)
    (hb : e.populationLoss better < e.populationLoss e.weights) : e.IsPopulationSaddle better := by
  have hlt : DeepLinear.populationLoss e.measure (endToEnd (NetworkInstance.toReal better)) <
      DeepLinear.populationLoss e.measure (endToEnd (NetworkInstance.toReal e.weights)) := by
    rw [populationLoss_toReal hmasses, populationLoss_toReal hmasses]
    exact_mod_cast hb
  refine ⟨isPopulationExample hmasses hsum, h, fun hmin => ?_, hlt⟩
  have hglobal := isMinOn_of_isLocalMin_populationLoss _
    (hasFiniteSecondMoments_columnMeasure _ _ _) hmin
  exact hlt.not_ge (hglobal (Set.mem_univ (NetworkInstance.toReal better)))

/-- One matrix, of shape 2 × 2. -/
def oneMatrix : PopulationInstance where
  depth := 1
  widths := ![2, 2]
  samples := 2
  weights
    | 0 => (!![-2, 1; -2, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 1/2; 0, -2] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![2, -2; 1, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  masses := ![1/2, 1/2]

/-- One matrix, of shape 2 × 2. A distribution on 2 points: the gradient is the matrix of partial
derivatives. -/
theorem isPopulationExample_oneMatrix : oneMatrix.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- One matrix, of shape 1 × 3. -/
def rowMatrix : PopulationInstance where
  depth := 1
  widths := ![3, 1]
  samples := 2
  weights
    | 0 => (!![0, -1, 2] : Matrix (Fin 1) (Fin 3) ℚ)
  X := (!![-2, 1; 2, 1/2; 0, 1/2] : Matrix (Fin 3) (Fin 2) ℚ)
  Y := (!![1, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  masses := ![1/3, 2/3]

/-- One matrix, of shape 1 × 3. A distribution on 2 points: the gradient is the matrix of partial
derivatives. -/
theorem isPopulationExample_rowMatrix : rowMatrix.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- One matrix, of shape 2 × 1. -/
def columnMatrix : PopulationInstance where
  depth := 1
  widths := ![1, 2]
  samples := 3
  weights
    | 0 => (!![1; -2] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![-2, 2, 1] : Matrix (Fin 1) (Fin 3) ℚ)
  Y := (!![-2, -2, 0; 1, 1/2, 1/2] : Matrix (Fin 2) (Fin 3) ℚ)
  masses := ![2/9, 4/9, 1/3]

/-- One matrix, of shape 2 × 1. A distribution on 3 points: the gradient is the matrix of partial
derivatives. -/
theorem isPopulationExample_columnMatrix : columnMatrix.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- Widths 2, 3, 2. -/
def twoLayers : PopulationInstance where
  depth := 2
  widths := ![2, 3, 2]
  samples := 2
  weights
    | 0 => (!![1, 0; -2, 0; 1, -2] : Matrix (Fin 3) (Fin 2) ℚ)
    | 1 => (!![1, 1, -2; 1, -1, -1] : Matrix (Fin 2) (Fin 3) ℚ)
  X := (!![1, 1/2; 1, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, 1; 1, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  masses := ![2/3, 1/3]

/-- Widths 2, 3, 2. A distribution on 2 points: the gradient is the matrix of partial derivatives.
-/
theorem isPopulationExample_twoLayers : twoLayers.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- Widths 1, 2, 2. -/
def twoLayersUp : PopulationInstance where
  depth := 2
  widths := ![1, 2, 2]
  samples := 3
  weights
    | 0 => (!![-1; 2] : Matrix (Fin 2) (Fin 1) ℚ)
    | 1 => (!![1, 1; -1, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![-1, -1, -2] : Matrix (Fin 1) (Fin 3) ℚ)
  Y := (!![1/2, 1/2, 0; 1/2, 1, 1] : Matrix (Fin 2) (Fin 3) ℚ)
  masses := ![1/2, 3/8, 1/8]

/-- Widths 1, 2, 2. A distribution on 3 points: the gradient is the matrix of partial derivatives.
-/
theorem isPopulationExample_twoLayersUp : twoLayersUp.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- Widths 3, 1, 2: a bottleneck. -/
def twoLayersBottleneck : PopulationInstance where
  depth := 2
  widths := ![3, 1, 2]
  samples := 2
  weights
    | 0 => (!![-1, -1, -2] : Matrix (Fin 1) (Fin 3) ℚ)
    | 1 => (!![-1; 2] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![1, -1; 1, 2; 2, 1] : Matrix (Fin 3) (Fin 2) ℚ)
  Y := (!![1, 0; -1, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  masses := ![3/4, 1/4]

/-- Widths 3, 1, 2: a bottleneck. A distribution on 2 points: the gradient is the matrix of partial
derivatives. -/
theorem isPopulationExample_twoLayersBottleneck : twoLayersBottleneck.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- Widths 2, 1, 2, 1. -/
def threeLayers : PopulationInstance where
  depth := 3
  widths := ![2, 1, 2, 1]
  samples := 2
  weights
    | 0 => (!![0, 1/2] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![-2; 2] : Matrix (Fin 2) (Fin 1) ℚ)
    | 2 => (!![-1, 2] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![1/2, -2; 0, 2] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![0, 1] : Matrix (Fin 1) (Fin 2) ℚ)
  masses := ![3/7, 4/7]

/-- Widths 2, 1, 2, 1. A distribution on 2 points: the gradient is the matrix of partial
derivatives. -/
theorem isPopulationExample_threeLayers : threeLayers.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- Widths 1, 2, 2, 1. -/
def threeLayersWide : PopulationInstance where
  depth := 3
  widths := ![1, 2, 2, 1]
  samples := 2
  weights
    | 0 => (!![0; -2] : Matrix (Fin 2) (Fin 1) ℚ)
    | 1 => (!![1, -2; 2, -1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![1/2, -1] : Matrix (Fin 1) (Fin 2) ℚ)
  X := (!![1/2, -1] : Matrix (Fin 1) (Fin 2) ℚ)
  Y := (!![-2, 2] : Matrix (Fin 1) (Fin 2) ℚ)
  masses := ![1/2, 1/2]

/-- Widths 1, 2, 2, 1. A distribution on 2 points: the gradient is the matrix of partial
derivatives. -/
theorem isPopulationExample_threeLayersWide : threeLayersWide.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- Widths 2, 2, 1, 1, 2: a bottleneck. -/
def fourLayers : PopulationInstance where
  depth := 4
  widths := ![2, 2, 1, 1, 2]
  samples := 2
  weights
    | 0 => (!![-2, -1; 0, 2] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![0, 1] : Matrix (Fin 1) (Fin 2) ℚ)
    | 2 => (!![-1] : Matrix (Fin 1) (Fin 1) ℚ)
    | 3 => (!![1/2; 1/2] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![-1, 1; -1, -1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![1, 1/2; 0, -1] : Matrix (Fin 2) (Fin 2) ℚ)
  masses := ![1/4, 3/4]

/-- Widths 2, 2, 1, 1, 2: a bottleneck. A distribution on 2 points: the gradient is the matrix of
partial derivatives. -/
theorem isPopulationExample_fourLayers : fourLayers.IsPopulationExample :=
  isPopulationExample (by decide +kernel) (by decide +kernel)

/-- Widths 2, 1, 2. -/
def skewedTwo : PopulationInstance where
  depth := 2
  widths := ![2, 1, 2]
  samples := 2
  weights
    | 0 => (!![0, -1] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![0; 2] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![20/3, -15/4; -10/3, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![0, -45/4; 20/3, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  masses := ![9/25, 16/25]

/-- Weights of smaller loss near by. -/
def skewedTwoBetter : Weights (fun k : Fin 3 => Fin (![2, 1, 2] k)) ℚ
  | 0 => (!![-1/12, -7/6] : Matrix (Fin 1) (Fin 2) ℚ)
  | 1 => (!![-36/65; 128/65] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 2, 1, 2. Critical weights of the population loss that are no global minimum are no local
minimum. -/
theorem isPopulationSaddle_skewedTwo : skewedTwo.IsPopulationSaddle skewedTwoBetter :=
  isPopulationSaddle (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- Widths 3, 1, 2; `E x xᵀ` is singular. -/
def skewedSingular : PopulationInstance where
  depth := 2
  widths := ![3, 1, 2]
  samples := 2
  weights
    | 0 => (!![1, 3, 0] : Matrix (Fin 1) (Fin 3) ℚ)
    | 1 => (!![7/4; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![-20/3, -10; 40/9, 10/3; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  Y := (!![35/3, 0; 0, 45/4] : Matrix (Fin 2) (Fin 2) ℚ)
  masses := ![9/25, 16/25]

/-- Weights of smaller loss near by. -/
def skewedSingularBetter : Weights (fun k : Fin 3 => Fin (![3, 1, 2] k)) ℚ
  | 0 => (!![1/2, 9/4, 0] : Matrix (Fin 1) (Fin 3) ℚ)
  | 1 => (!![7/5; 9/10] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Widths 3, 1, 2; `E x xᵀ` is singular. Critical weights of the population loss that are no global
minimum are no local minimum. -/
theorem isPopulationSaddle_skewedSingular :
    skewedSingular.IsPopulationSaddle skewedSingularBetter :=
  isPopulationSaddle (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- Widths 2, 2, 1, 3. -/
def skewedDeep : PopulationInstance where
  depth := 3
  widths := ![2, 2, 1, 3]
  samples := 2
  weights
    | 0 => (!![4/3, 16/9; -1, -4/3] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![0, -4/3] : Matrix (Fin 1) (Fin 2) ℚ)
    | 2 => (!![-1/2; -1/4; 1/2] : Matrix (Fin 3) (Fin 1) ℚ)
  X := (!![5, 40/3; 0, -10] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![-10/3, 20/3; -5/3, -20/3; 10/3, 10/3] : Matrix (Fin 3) (Fin 2) ℚ)
  masses := ![16/25, 9/25]

/-- Weights of smaller loss near by. -/
def skewedDeepBetter : Weights (fun k : Fin 4 => Fin (![2, 2, 1, 3] k)) ℚ
  | 0 => (!![4/3, 8/9; -1, -2/3] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![0, -4/3] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![1/8; -1/2; 7/16] : Matrix (Fin 3) (Fin 1) ℚ)

/-- Widths 2, 2, 1, 3. Critical weights of the population loss that are no global minimum are no
local minimum. -/
theorem isPopulationSaddle_skewedDeep : skewedDeep.IsPopulationSaddle skewedDeepBetter :=
  isPopulationSaddle (by decide +kernel) (by decide +kernel) (by decide +kernel) (by decide +kernel)

end PopulationInstance

end DeepLinear
