/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import Mathlib.Algebra.Order.Field.Basic
import Mathlib.Algebra.Order.Star.Real
import Mathlib.Algebra.Polynomial.Roots
import Mathlib.Algebra.Star.StarProjection
import Mathlib.Analysis.Calculus.BumpFunction.FiniteDimension
import Mathlib.Analysis.Calculus.ContDiff.Operations
import Mathlib.Analysis.Calculus.ContDiff.RCLike
import Mathlib.Analysis.Calculus.Deriv.Inv
import Mathlib.Analysis.Calculus.Deriv.MeanValue
import Mathlib.Analysis.Calculus.Deriv.Mul
import Mathlib.Analysis.Calculus.Deriv.Pow
import Mathlib.Analysis.Calculus.Deriv.Shift
import Mathlib.Analysis.Calculus.FDeriv.Pi
import Mathlib.Analysis.Calculus.LineDeriv.Basic
import Mathlib.Analysis.Calculus.LocalExtr.Basic
import Mathlib.Analysis.Calculus.MeanValue
import Mathlib.Analysis.Convex.Basic
import Mathlib.Analysis.Convex.Function
import Mathlib.Analysis.InnerProductSpace.Adjoint
import Mathlib.Analysis.InnerProductSpace.PiL2
import Mathlib.Analysis.InnerProductSpace.SingularValues
import Mathlib.Analysis.Matrix.Normed
import Mathlib.Analysis.Matrix.Order
import Mathlib.Analysis.Normed.Module.Basic
import Mathlib.Analysis.ODE.ExistUnique
import Mathlib.Analysis.ODE.Gronwall
import Mathlib.Analysis.Real.Sqrt
import Mathlib.Analysis.SpecialFunctions.ExpDeriv
import Mathlib.Analysis.SpecialFunctions.Log.Basic
import Mathlib.Analysis.SpecialFunctions.Pow.Real
import Mathlib.Analysis.SpecialFunctions.Sqrt
import Mathlib.Analysis.SpecificLimits.Basic
import Mathlib.Analysis.SpecificLimits.Normed
import Mathlib.Data.Matrix.Basic
import Mathlib.Data.Matrix.Mul
import Mathlib.Data.Real.Basic
import Mathlib.LinearAlgebra.Matrix.NonsingularInverse
import Mathlib.LinearAlgebra.Matrix.Notation
import Mathlib.LinearAlgebra.Matrix.PosDef
import Mathlib.LinearAlgebra.Matrix.Rank
import Mathlib.LinearAlgebra.Matrix.Trace
import Mathlib.LinearAlgebra.QuadraticForm.Basic
import Mathlib.MeasureTheory.Integral.Bochner.Basic
import Mathlib.Order.Fin.Basic
import Mathlib.Tactic.Abel
import Mathlib.Tactic.FieldSimp
import Mathlib.Tactic.Linarith
import Mathlib.Tactic.LinearCombination
import Mathlib.Tactic.Module
import Mathlib.Tactic.Ring
import Mathlib.Topology.Algebra.Field
import Mathlib.Topology.Algebra.Order.Field
import Mathlib.Topology.Instances.Matrix
import Mathlib.Topology.Instances.Real.Lemmas
import Mathlib.Topology.MetricSpace.Cauchy
import Mathlib.Topology.Order.LocalExtr

/-!
# Every headline statement, self-contained

Nothing but Mathlib is imported. The definitions are those of the library, word for word; every
theorem ends in `sorry`, and is proved under the same name by what `Solution.lean` imports. This
file is written by `deeplinear dev challenge --refresh`, and a test holds it against the library.
-/

/-! ## The problems of the assignment, in its own form -/

/-! ### DeepLinear.Network -/

namespace DeepLinear

open Matrix

variable {H : ℕ} {ι : Fin (H + 1) → Type*} {R : Type*}

/-- Weights of a linear network with layers `0, …, H`: one matrix for each `k < H`, from layer `k`
(of shape `ι k.castSucc`) to layer `k + 1` (of shape `ι k.succ`). -/
abbrev Weights (ι : Fin (H + 1) → Type*) (R : Type*) :=
  ∀ k : Fin H, Matrix (ι k.succ) (ι k.castSucc) R

section Semiring

variable [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)] [Semiring R]

/-- The head `W_k ⋯ W_1` of a network: from the input to layer `k`. It is `1` for `k = 0`. -/
def head (W : Weights ι R) : ∀ k, Matrix (ι k) (ι 0) R :=
  Fin.induction 1 fun k S => W k * S

/-- The tail `W_H ⋯ W_{k+1}` of a network: from layer `k` to the output. It is `1` for `k = H`. -/
def tail (W : Weights ι R) : ∀ k, Matrix (ι (Fin.last H)) (ι k) R :=
  Fin.reverseInduction 1 fun k T => T * W k

/-- The end-to-end matrix `W_H ⋯ W_1` of a network: from the input to the output. -/
def endToEnd (W : Weights ι R) : Matrix (ι (Fin.last H)) (ι 0) R :=
  head W (Fin.last H)

end Semiring

end DeepLinear

/-! ### DeepLinear.Loss -/

namespace DeepLinear

open Matrix Topology

variable {m n s 𝕜 : Type*} [Fintype m] [Fintype n] [Fintype s]

/-- The square loss `1/2 ‖Y - A X‖²` (Frobenius norm) of the predictor `A` on a dataset whose inputs
are the columns of `X` and whose outputs are the columns of `Y`. -/
def datasetLoss [Field 𝕜] (X : Matrix n s 𝕜) (Y : Matrix m s 𝕜) (A : Matrix m n 𝕜) : 𝕜 :=
  ((Y - A * X) * (Y - A * X)ᵀ).trace / 2

section Network

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- The derivative of `l ∘ endToEnd` at `W` is zero in every layer, in every direction. -/
def IsCritical (W : Weights ι ℝ) (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) : Prop :=
  ∀ (k : Fin H) (V : Matrix (ι k.succ) (ι k.castSucc) ℝ),
    HasLineDerivAt ℝ (fun W : Weights ι ℝ => l (endToEnd W)) 0 W (Pi.single k V)

end Network

section LayerGradient

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s]

/-- **Problem 1.4**: the derivative of the dataset loss in `W_k` is
`W_{k+1}ᵀ ⋯ W_Hᵀ (W_H ⋯ W_1 X - Y) Xᵀ W_1ᵀ ⋯ W_{k-1}ᵀ`, as the matrix of partial derivatives. Our
`W k` is the assignment's `W_{k+1}`, `tail W k.succ` its `W_H ⋯ W_{k+2}`, `head W k.castSucc` its
`W_k ⋯ W_1`. -/
theorem hasDerivAt_datasetLoss_entry (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (k : Fin H) (i : ι k.succ) (j : ι k.castSucc) :
    HasDerivAt
      (fun t : ℝ =>
        datasetLoss X Y (endToEnd (Function.update W k (W k + t • Matrix.single i j 1))))
      (((tail W k.succ)ᵀ * ((endToEnd W * X - Y) * Xᵀ) * (head W k.castSucc)ᵀ) i j) 0 := by
  sorry

end LayerGradient

end DeepLinear

/-! ### DeepLinear.Landscape.DeepToShallow -/

namespace DeepLinear

open Matrix Topology Polynomial

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

/-- No hidden layer is narrower than both the input and the output. -/
def NoBottleneck (ι : Fin (H + 1) → Type*) [∀ k, Fintype (ι k)] : Prop :=
  ∀ k, min (Fintype.card (ι 0)) (Fintype.card (ι (Fin.last H))) ≤ Fintype.card (ι k)

end DeepLinear

/-! ### DeepLinear.Hessian -/

namespace DeepLinear

open Matrix Topology

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

variable (ι) {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- **Problem 3.1**: with at least two weight matrices, `W = 0` is a critical point of the dataset
loss. -/
theorem isCritical_zero (hH : 2 ≤ H) : IsCritical (0 : Weights ι ℝ) (datasetLoss X Y) := by
  sorry

variable {ι}

/-- A saddle point of a loss of the end-to-end matrix: critical, and neither a local minimum nor a
local maximum. -/
def IsSaddle (W : Weights ι ℝ) (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) : Prop :=
  IsCritical W l ∧ ¬ IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W ∧
    ¬ IsLocalMax (fun W : Weights ι ℝ => l (endToEnd W)) W

variable (ι)

variable {ι}

section Real

variable (U V : Weights ι ℝ) (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- **Problem 3.3**: with at least three weight matrices, all second derivatives of the dataset loss
at the origin vanish. (The first derivatives exist, so that this is about their derivatives.) -/
theorem hasDerivAt_deriv_zero (hH : 3 ≤ H) :
    (∀ a : ℝ, DifferentiableAt ℝ (fun b : ℝ => datasetLoss X Y (endToEnd (a • U + b • V))) 0) ∧
      HasDerivAt (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • U + b • V))) 0)
        0 0 := by
  sorry

end Real

end DeepLinear

/-! ### DeepLinear.Landscape.Saddles -/

namespace DeepLinear

open Matrix Polynomial Topology

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

section DatasetLoss

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

variable (ι X Y)

/-- **Problem 3.2**, as the assignment puts it: no bottleneck, and by Lu and Kawaguchi's Theorem 2.3
the origin is no local minimum: without a bottleneck every matrix is an end-to-end matrix, and the
derivative of the loss at `0` is not zero. -/
theorem isSaddle_zero_of_noBottleneck (hH : 2 ≤ H) (hι : NoBottleneck ι) (hXY : X * Yᵀ ≠ 0) :
    IsSaddle (0 : Weights ι ℝ) (datasetLoss X Y) := by
  sorry

end DatasetLoss

end DeepLinear

/-! ### DeepLinear.Population -/

namespace DeepLinear

open Matrix MeasureTheory

section Population

variable {m n : Type*} [Fintype m] [Fintype n]

/-- `1/2 E ‖y - A x‖²` for `(x, y)` distributed as `μ`. -/
noncomputable def populationLoss (μ : Measure ((n → ℝ) × (m → ℝ))) (A : Matrix m n ℝ) : ℝ :=
  (∫ z, ∑ i, (z.2 i - (A *ᵥ z.1) i) ^ 2 ∂μ) / 2

/-- `E x xᵀ`. -/
noncomputable def inputMoment (μ : Measure ((n → ℝ) × (m → ℝ))) : Matrix n n ℝ :=
  Matrix.of fun i j => ∫ z, z.1 i * z.1 j ∂μ

/-- `E y xᵀ`. -/
noncomputable def crossMoment (μ : Measure ((n → ℝ) × (m → ℝ))) : Matrix m n ℝ :=
  Matrix.of fun i j => ∫ z, z.2 i * z.1 j ∂μ

/-- Every coordinate of `x` and of `y` is square integrable. -/
def HasFiniteSecondMoments (μ : Measure ((n → ℝ) × (m → ℝ))) : Prop :=
  (∀ i, MemLp (fun z : (n → ℝ) × (m → ℝ) => z.1 i) 2 μ) ∧
    ∀ j, MemLp (fun z : (n → ℝ) × (m → ℝ) => z.2 j) 2 μ

variable {μ : Measure ((n → ℝ) × (m → ℝ))}

/-- **Problem 1.1**: the derivative of the population loss in `W` is `W E x xᵀ - E y xᵀ`, as the
matrix of partial derivatives. All that is asked is that `x` and `y` are square integrable. -/
theorem hasDerivAt_populationLoss_entry [DecidableEq m] [DecidableEq n]
    (hμ : HasFiniteSecondMoments μ) (A : Matrix m n ℝ) (i : m) (j : n) :
    HasDerivAt (fun t : ℝ => populationLoss μ (A + t • Matrix.single i j 1))
      ((A * inputMoment μ - crossMoment μ) i j) 0 := by
  sorry

/-- **Problem 1.2**, first layer: the derivative in `W₁` is `W₂ᵀ (W₂ W₁ E x xᵀ - E y xᵀ)`. -/
theorem hasDerivAt_populationLoss_first {h : Type*} [Fintype h] [DecidableEq h] [DecidableEq n]
    (hμ : HasFiniteSecondMoments μ) (W₁ : Matrix h n ℝ) (W₂ : Matrix m h ℝ) (i : h) (j : n) :
    HasDerivAt (fun t : ℝ => populationLoss μ (W₂ * (W₁ + t • Matrix.single i j 1)))
      ((W₂ᵀ * (W₂ * W₁ * inputMoment μ - crossMoment μ)) i j) 0 := by
  sorry

/-- **Problem 1.2**, second layer: the derivative in `W₂` is `(W₂ W₁ E x xᵀ - E y xᵀ) W₁ᵀ`. -/
theorem hasDerivAt_populationLoss_second {h : Type*} [Fintype h] [DecidableEq h] [DecidableEq m]
    (hμ : HasFiniteSecondMoments μ) (W₁ : Matrix h n ℝ) (W₂ : Matrix m h ℝ) (i : m) (j : h) :
    HasDerivAt (fun t : ℝ => populationLoss μ ((W₂ + t • Matrix.single i j 1) * W₁))
      (((W₂ * W₁ * inputMoment μ - crossMoment μ) * W₁ᵀ) i j) 0 := by
  sorry

end Population

section DeepPopulation

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))}

/-- **Problem 1.3**: the derivative of the population loss in `W_k` is
`W_{k+1}ᵀ ⋯ W_Hᵀ (W_H ⋯ W_1 E x xᵀ - E y xᵀ) W_1ᵀ ⋯ W_{k-1}ᵀ`, as the matrix of partial
derivatives. -/
theorem hasDerivAt_populationLoss_endToEnd_entry (W : Weights ι ℝ) (hμ : HasFiniteSecondMoments μ)
    (k : Fin H) (i : ι k.succ) (j : ι k.castSucc) :
    HasDerivAt
      (fun t : ℝ =>
        populationLoss μ (endToEnd (Function.update W k (W k + t • Matrix.single i j 1))))
      (((tail W k.succ)ᵀ * (endToEnd W * inputMoment μ - crossMoment μ) *
        (head W k.castSucc)ᵀ) i j) 0 := by
  sorry

end DeepPopulation

section Deep

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))} (W : Weights ι ℝ)

/-- **Problem 5**: every local minimum of the population loss of a deep linear network is a global
minimum, for every distribution with finite second moments. The correlation matrices need not have
full rank. -/
theorem isMinOn_of_isLocalMin_populationLoss (hμ : HasFiniteSecondMoments μ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => populationLoss μ (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => populationLoss μ (endToEnd W)) Set.univ W := by
  sorry

end Deep

end DeepLinear

/-! ### DeepLinear.RankBounded -/

namespace DeepLinear

open Matrix

/-- **Problem 2**, as the assignment puts it: for `1 ≤ d < n < k` the set of the real `n × k`
matrices of rank at most `d` is not convex. -/
theorem not_convex_setOf_rank_le {n k d : ℕ} (hd : 1 ≤ d) (hdn : d < n) (hnk : n < k) :
    ¬ Convex ℝ {A : Matrix (Fin n) (Fin k) ℝ | A.rank ≤ d} := by
  sorry

end DeepLinear

/-! ### DeepLinear.SquareFullRank -/

namespace DeepLinear

open Matrix

variable {H : ℕ} {n : Type*} [Fintype n] [DecidableEq n]

section DatasetLoss

variable {s : Type*} [Fintype s]

/-- **Problem 4**, as the assignment puts it: if all layers have the same width and a local minimum
of the loss has an end-to-end matrix of full rank, then it is a global minimum. -/
theorem isMinOn_of_isLocalMin_of_rank_eq (W : Weights (fun _ : Fin (H + 1) => n) ℝ)
    (X Y : Matrix n s ℝ)
    (hmin : IsLocalMin
      (fun W : Weights (fun _ : Fin (H + 1) => n) ℝ => datasetLoss X Y (endToEnd W)) W)
    (hR : (endToEnd W).rank = Fintype.card n) :
    IsMinOn (fun W : Weights (fun _ : Fin (H + 1) => n) ℝ => datasetLoss X Y (endToEnd W))
      Set.univ W := by
  sorry

end DatasetLoss

end DeepLinear

/-! ## The theorems of the papers, and what is proved beyond them -/

/-! ### DeepLinear.ForMathlib.LinearAlgebra.Matrix.Rank -/

section

namespace Matrix

variable {m n o r 𝕜 : Type*} [Fintype n] [Fintype r] [Field 𝕜]

/-- A square matrix over a field has full rank if and only if it is invertible. -/
theorem rank_eq_card_iff_isUnit [DecidableEq n] {A : Matrix n n 𝕜} :
    A.rank = Fintype.card n ↔ IsUnit A := by
  sorry

end Matrix

end

/-! ### DeepLinear.ForMathlib.LinearAlgebra.Matrix.Trace -/

section

namespace Matrix

variable {m n 𝕜 : Type*} [Fintype m] [Fintype n]

/-- The squared Frobenius norm. -/
def sqNorm (A : Matrix m n ℝ) : ℝ :=
  (A * Aᵀ).trace

end Matrix

end

/-! ### DeepLinear.ForMathlib.Analysis.Matrix.EckartYoung -/

namespace Matrix

open Topology

variable {m n : Type*} [Fintype m] [Fintype n]

/-- Eckart and Young's theorem, from what a minimum satisfies: the error of `M` is orthogonal to the
rows and to the columns of `M`, and the form of `Nᵀ N` is larger on the row space of `M` than on its
complement. Then `M` is a best approximation of `N` among the matrices of no larger rank. -/
theorem isMinOn_sqNorm_of_rotation {N M : Matrix m n ℝ} {P : Matrix n n ℝ}
    (hEM : (N - M) * Mᵀ = 0) (hME : Mᵀ * (N - M) = 0) (hP : Pᵀ = P) (hPP : P * P = P)
    (hMP : M * P = M) (htr : P.trace = M.rank) {X : Matrix n m ℝ} (hPX : P = X * M)
    (hrot : ∀ e b : n → ℝ, P *ᵥ e = e → P *ᵥ b = 0 → e ⬝ᵥ e = 1 → b ⬝ᵥ b = 1 →
      b ⬝ᵥ (Nᵀ * N) *ᵥ b ≤ e ⬝ᵥ (Nᵀ * N) *ᵥ e) :
    IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ M.rank} M := by
  sorry

/-- The best approximation of a matrix by matrices of bounded rank has no bad local minima. -/
theorem isMinOn_sqNorm_of_isLocalMinOn {N M : Matrix m n ℝ} {p : ℕ} (hM : M.rank ≤ p)
    (h : IsLocalMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M) :
    IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} M := by
  sorry

/-- **Eckart and Young**, for the Frobenius norm: for every `N` and `p` there is an orthogonal
projector `P` of trace at most `p` that commutes with `Nᵀ N`, such that `N P` is a best
approximation of `N` among the matrices of rank at most `p`. The error is `‖N‖² - tr (Nᵀ N P)`, and
`tr (Nᵀ N P)` is the greatest that a projector of trace at most `p` gives. -/
theorem exists_projector_isMinOn_sqNorm (N : Matrix m n ℝ) (p : ℕ) :
    ∃ P : Matrix n n ℝ, Pᵀ = P ∧ P * P = P ∧ P.trace ≤ p ∧ Nᵀ * N * P = P * (Nᵀ * N) ∧
      IsMinOn (fun A => sqNorm (N - A)) {A | A.rank ≤ p} (N * P) ∧
      sqNorm (N - N * P) = sqNorm N - (Nᵀ * N * P).trace ∧
      ∀ P' : Matrix n n ℝ, P'ᵀ = P' → P' * P' = P' → P'.trace ≤ p →
        (Nᵀ * N * P').trace ≤ (Nᵀ * N * P).trace := by
  sorry

end Matrix

/-! ### DeepLinear.Network -/

namespace DeepLinear

open Matrix

variable {H : ℕ} {ι : Fin (H + 1) → Type*} {R : Type*}

section Between

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {R : Type*} [CommRing R] {α : Type*} (W : Weights ι R)

/-- The product `W_k ⋯ W_{j+1}` of the layers from `j` to `k`: `1` for `k = j`, `0` for `k < j`. -/
def between (j : Fin (H + 1)) : ∀ k, Matrix (ι k) (ι j) R :=
  Fin.induction ((Pi.single j 1 : ∀ k, Matrix (ι k) (ι j) R) 0) fun k x =>
    W k * x + (Pi.single j 1 : ∀ k, Matrix (ι k) (ι j) R) k.succ

end Between

section Ends

variable {n : ℕ} {ι : Fin (n + 2) → Type*} {R : Type*}

/-- The first layer `W 0`, as a matrix from layer `0`. The types `ι 0` and `ι (Fin.castSucc 0)` are
equal by unfolding only: `W 0 * B` with `B : Matrix (ι 0) (ι 0) R` does not elaborate. -/
def firstLayer (W : Weights ι R) : Matrix (ι (Fin.succ 0)) (ι 0) R :=
  W 0

/-- The last layer, as a matrix to layer `n + 1`. -/
def lastLayer (W : Weights ι R) : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last n).castSucc) R :=
  W (Fin.last n)

/-- The layer below layer `k.succ`, as a matrix that `W k.succ` can be multiplied by. -/
def layerBelow (W : Weights ι R) (k : Fin n) :
    Matrix (ι k.succ.castSucc) (ι k.castSucc.castSucc) R :=
  W k.castSucc

end Ends

end DeepLinear

/-! ### DeepLinear.Loss -/

namespace DeepLinear

open Matrix Topology

variable {m n s 𝕜 : Type*} [Fintype m] [Fintype n] [Fintype s]

/-- The quadratic form `1/2 tr (A Q Aᵀ) - tr (A Cᵀ) + c` in the predictor `A`. -/
def quadraticLoss [Field 𝕜] (Q : Matrix n n 𝕜) (C : Matrix m n 𝕜) (c : 𝕜) (A : Matrix m n 𝕜) : 𝕜 :=
  (A * Q * Aᵀ).trace / 2 - (A * Cᵀ).trace + c

/-- `l` has, at `A`, the linear functional `l'` as derivative along every line (Gateaux). -/
def HasGateauxDerivAt {m n : Type*} (l : Matrix m n ℝ → ℝ) (l' : Matrix m n ℝ →ₗ[ℝ] ℝ)
    (A : Matrix m n ℝ) : Prop :=
  ∀ V, HasLineDerivAt ℝ l (l' V) A V

section QuadraticLoss

/-- The inner product with `G` as a linear functional: `V ↦ tr (G Vᵀ)`. -/
def innerProduct (G : Matrix m n ℝ) : Matrix m n ℝ →ₗ[ℝ] ℝ where
  toFun V := (G * Vᵀ).trace
  map_add' U V := by rw [Matrix.transpose_add, Matrix.mul_add, Matrix.trace_add]
  map_smul' c V := by
    rw [Matrix.transpose_smul, Matrix.mul_smul, Matrix.trace_smul, RingHom.id_apply]

end QuadraticLoss

section LayerGradient

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s]

/-- What the gradient `G` of a loss of the end-to-end matrix is in layer `k`: `tailᵀ G headᵀ`. -/
def layerGradient {𝕜 : Type*} [CommSemiring 𝕜] (W : Weights ι 𝕜)
    (G : Matrix (ι (Fin.last H)) (ι 0) 𝕜) (k : Fin H) : Matrix (ι k.succ) (ι k.castSucc) 𝕜 :=
  (tail W k.succ)ᵀ * G * (head W k.castSucc)ᵀ

/-- The gradient of the dataset loss in layer `k`: `tailᵀ (R X - Y) Xᵀ headᵀ` with `R` the
end-to-end matrix. It is defined over every commutative ring, so that it computes over the
rationals. -/
def datasetGradient {𝕜 : Type*} [CommRing 𝕜] (W : Weights ι 𝕜) (X : Matrix (ι 0) s 𝕜)
    (Y : Matrix (ι (Fin.last H)) s 𝕜) (k : Fin H) :
    Matrix (ι k.succ) (ι k.castSucc) 𝕜 :=
  layerGradient W ((endToEnd W * X - Y) * Xᵀ) k

end LayerGradient

end DeepLinear

/-! ### DeepLinear.Landscape.DeepToShallow -/

namespace DeepLinear

open Matrix Topology Polynomial

section

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)]

/-- The bottleneck width: the least width over all layers, input and output included. -/
def bottleneck (ι : Fin (H + 1) → Type*) [∀ k, Fintype (ι k)] : ℕ :=
  Finset.univ.inf' Finset.univ_nonempty fun k => Fintype.card (ι k)

variable [∀ k, DecidableEq (ι k)]

variable {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

/-- **Case A**: at a local minimum whose end-to-end matrix has rank below the bottleneck width, the
derivative of the loss is zero. The loss need only be differentiable along lines. -/
theorem deriv_eq_zero_of_isLocalMin_of_rank_lt (hl : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W)
    (hr : (endToEnd W).rank < bottleneck ι) : l' = 0 := by
  sorry

end

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

/-- The end-to-end map is open onto the matrices of no larger rank, at every `W`: each matrix near
the end-to-end matrix `R` of `W`, of rank at most that of `R`, is the end-to-end matrix of weights
near `W`. -/
theorem nhdsWithin_le_map_endToEnd (hH : 1 ≤ H) (W : Weights ι ℝ) :
    𝓝[{A | A.rank ≤ (endToEnd W).rank}] (endToEnd W) ≤ Filter.map endToEnd (𝓝 W) := by
  sorry

/-- If `W` is a local minimum of a loss of the end-to-end matrix, then the end-to-end matrix is a
local minimum of the loss among the matrices of no larger rank. There is no hypothesis on the loss,
and none on the widths. -/
theorem isLocalMinOn_rank_le (hH : 1 ≤ H)
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsLocalMinOn l {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) := by
  sorry

/-- **Lu and Kawaguchi, Theorem 2.1**, for every convex differentiable loss and any widths: the
end-to-end matrix of a local minimum of the deep problem is a local minimum of the shallow problem.
-/
theorem isLocalMinOn_of_isLocalMin (hH : 1 ≤ H) (hl : ConvexOn ℝ Set.univ l)
    (hl' : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsLocalMinOn l {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  sorry

/-- **Lu and Kawaguchi, Theorem 2.1**, as an equivalence: weights are a local minimum of the deep
problem if and only if their end-to-end matrix is a local minimum of the shallow problem. -/
theorem isLocalMin_iff_isLocalMinOn (hH : 1 ≤ H) (hl : ConvexOn ℝ Set.univ l)
    (hl' : HasGateauxDerivAt l l' (endToEnd W)) :
    IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W ↔
      IsLocalMinOn l {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  sorry

/-- **Lu and Kawaguchi, Theorem 2.1** for the dataset loss: nothing is asked of the data. -/
theorem isLocalMinOn_of_isLocalMin_datasetLoss (hH : 1 ≤ H) {s : Type*} [Fintype s]
    (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W) :
    IsLocalMinOn (datasetLoss X Y) {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  sorry

/-- **Laurent and von Brecht**: without a bottleneck every local minimum of the deep problem
minimizes the loss over all matrices, for every convex differentiable loss. -/
theorem isMinOn_of_isLocalMin_of_noBottleneck (hH : 1 ≤ H) (hι : NoBottleneck ι)
    (hl : ConvexOn ℝ Set.univ l) (hl' : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsLocalMin (fun W : Weights ι ℝ => l (endToEnd W)) W) :
    IsMinOn l Set.univ (endToEnd W) := by
  sorry

/-- The end-to-end map is onto the matrices of rank at most the bottleneck width. -/
theorem exists_endToEnd_eq (hH : 1 ≤ H) {R : Matrix (ι (Fin.last H)) (ι 0) ℝ}
    (hR : R.rank ≤ bottleneck ι) : ∃ W : Weights ι ℝ, endToEnd W = R := by
  sorry

end DeepLinear

/-! ### DeepLinear.Landscape.Main -/

namespace DeepLinear

open Matrix Topology

variable {m n : Type*} [Fintype m] [Fintype n]

/-- **Lu and Kawaguchi, Theorem 2.2**: a quadratic loss whose form is positive definite has no bad
local minima on the matrices of rank at most `p`. -/
theorem isMinOn_of_isLocalMinOn {Q : Matrix n n ℝ} (hQ : Q.PosDef) (C : Matrix m n ℝ) (c : ℝ)
    {p : ℕ} {A : Matrix m n ℝ} (hA : A.rank ≤ p)
    (h : IsLocalMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} A) :
    IsMinOn (quadraticLoss Q C c) {A | A.rank ≤ p} A := by
  sorry

section Main

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- **Lu and Kawaguchi, Theorem 2.3**, values, for every loss whatever: weights minimize the loss
over all weights if and only if their end-to-end matrix minimizes it over the matrices of rank at
most the bottleneck width. -/
theorem isMinOn_univ_iff_isMinOn_rank_le {β : Type*} [Preorder β] (hH : 1 ≤ H)
    (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → β) (W : Weights ι ℝ) :
    IsMinOn (fun W : Weights ι ℝ => l (endToEnd W)) Set.univ W ↔
      IsMinOn l {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  sorry

/-- **Lu and Kawaguchi, Theorem 2.3**: if `X Xᵀ` is positive definite, then every local minimum of
the dataset loss of a deep linear network is a global minimum, whatever the widths are. -/
theorem isMinOn_of_isLocalMin {s : Type*} [Fintype s] (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (hX : (X * Xᵀ).PosDef)
    (hW : IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W := by
  sorry

end Main

section AnyData

variable {s : Type*} [Fintype s]

/-- **Lu and Kawaguchi, Theorem 2.2**, for any data: the shallow problem with a bound on the rank
has no bad local minima. -/
theorem isMinOn_datasetLoss_of_isLocalMinOn (X : Matrix n s ℝ) (Y : Matrix m s ℝ) {p : ℕ}
    {R : Matrix m n ℝ} (hR : R.rank ≤ p) (h : IsLocalMinOn (datasetLoss X Y) {A | A.rank ≤ p} R) :
    IsMinOn (datasetLoss X Y) {A | A.rank ≤ p} R := by
  sorry

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

variable (ι) in
/-- **Lu and Kawaguchi, Theorem 2.3**, existence, for any data: the minimum of the deep problem
exists, and it is the minimum of the shallow problem over the matrices of rank at most the
bottleneck width. -/
theorem exists_isMinOn_deep_eq_shallow (hH : 1 ≤ H) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) :
    ∃ W : Weights ι ℝ, IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W ∧
      IsMinOn (datasetLoss X Y) {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  sorry

/-- **Lu and Kawaguchi, Theorem 2.3**, for any data: every local minimum of the dataset loss of a
deep linear network is a global minimum, whatever the widths and the data are. -/
theorem isMinOn_of_isLocalMin_of_any_data (W : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) W) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W := by
  sorry

end AnyData

end DeepLinear

/-! ### DeepLinear.Hessian -/

namespace DeepLinear

open Matrix Topology

section

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

section Semiring

variable {R : Type*} [Semiring R] (W U V : Weights ι R)

/-- The derivative of the head in the direction `V`, by the product rule. -/
def headDeriv : ∀ k, Matrix (ι k) (ι 0) R :=
  Fin.induction 0 fun k D => V k * head W k.castSucc + W k * D

/-- The second derivative of the head in the directions `U` and `V`, by the product rule. -/
def headDeriv₂ : ∀ k, Matrix (ι k) (ι 0) R :=
  Fin.induction 0 fun k D =>
    V k * headDeriv W U k.castSucc + U k * headDeriv W V k.castSucc + W k * D

end Semiring

/-- The second derivative of the dataset loss at `W` in the directions `U` and `V`: the inner
product of the first derivatives of the prediction, plus that of the residual with the second
derivative. -/
def datasetHessian {R : Type*} [CommRing R] {s : Type*} [Fintype s] (W : Weights ι R)
    (X : Matrix (ι 0) s R) (Y : Matrix (ι (Fin.last H)) s R) (U V : Weights ι R) : R :=
  ((headDeriv W U (Fin.last H) * X) * (headDeriv W V (Fin.last H) * X)ᵀ).trace +
    ((endToEnd W * X - Y) * (headDeriv₂ W U V (Fin.last H) * X)ᵀ).trace

end

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

variable (ι) {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

variable {ι}

variable (ι)

/-- **Problem 3.2**, directly: if `X Yᵀ ≠ 0` and no layer is empty, then the origin is neither a
local minimum nor a local maximum of the dataset loss, whatever the widths are. -/
theorem not_isLocalMin_zero_and_not_isLocalMax_zero [∀ k, Nonempty (ι k)] (hH : 1 ≤ H)
    (hXY : X * Yᵀ ≠ 0) :
    ¬ IsLocalMin (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) 0 ∧
      ¬ IsLocalMax (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) 0 := by
  sorry

/-- **Problem 3.2**, for any widths: if `X Yᵀ ≠ 0`, then the origin of a network with at least two
weight matrices is a saddle point. A bottleneck does not matter, only that no layer is empty. -/
theorem isSaddle_zero [∀ k, Nonempty (ι k)] (hH : 2 ≤ H) (hXY : X * Yᵀ ≠ 0) :
    IsSaddle (0 : Weights ι ℝ) (datasetLoss X Y) := by
  sorry

variable {ι}

/-- With two weight matrices the second derivative at the origin in the direction `V` is
`-2 ⟨Y, V₂ V₁ X⟩`. -/
theorem hasDerivAt_deriv_zero_of_two_layers {ι : Fin 3 → Type*} [∀ k, Fintype (ι k)]
    [∀ k, DecidableEq (ι k)] (V : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last 2)) s ℝ) :
    (∀ a : ℝ, DifferentiableAt ℝ (fun b : ℝ => datasetLoss X Y (endToEnd (a • V + b • V))) 0) ∧
      HasDerivAt (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • V + b • V))) 0)
        (-2 * (Y * (endToEnd V * X)ᵀ).trace) 0 := by
  sorry

/-- With two weight matrices and `X Yᵀ ≠ 0` the Hessian at the origin has both signs: for some
direction `V` the second derivative is positive, and for some it is negative. -/
theorem exists_hasDerivAt_deriv_zero_pos_and_neg (ι : Fin 3 → Type*) [∀ k, Fintype (ι k)]
    [∀ k, DecidableEq (ι k)] [∀ k, Nonempty (ι k)] (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last 2)) s ℝ) (hXY : X * Yᵀ ≠ 0) :
    (∃ (V : Weights ι ℝ) (c : ℝ), 0 < c ∧ HasDerivAt
      (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • V + b • V))) 0) c 0) ∧
    ∃ (V : Weights ι ℝ) (c : ℝ), c < 0 ∧ HasDerivAt
      (fun a : ℝ => deriv (fun b : ℝ => datasetLoss X Y (endToEnd (a • V + b • V))) 0) c 0 := by
  sorry

variable (ι)

/-- **Kawaguchi 2016, Theorem 2.3 (i)**: if `X Yᵀ ≠ 0`, there are at least two weight matrices and
no layer is empty, then the dataset loss is neither convex nor concave in the weights. -/
theorem not_convexOn_and_not_concaveOn [∀ k, Nonempty (ι k)] (hH : 2 ≤ H) (hXY : X * Yᵀ ≠ 0) :
    ¬ ConvexOn ℝ Set.univ (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) ∧
      ¬ ConcaveOn ℝ Set.univ (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) := by
  sorry

end DeepLinear

/-! ### DeepLinear.Landscape.Saddles -/

namespace DeepLinear

open Matrix Polynomial Topology

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ} {l' : Matrix (ι (Fin.last H)) (ι 0) ℝ →ₗ[ℝ] ℝ}
  {W : Weights ι ℝ}

/-- **Kawaguchi 2016, Theorem 2.3 (iii)**: if no layer is empty, a strictly convex differentiable
loss of the end-to-end matrix has no local maxima. -/
theorem not_isLocalMax (hH : 1 ≤ H) (hp : 1 ≤ bottleneck ι) (hl : StrictConvexOn ℝ Set.univ l)
    (hl' : HasGateauxDerivAt l l' (endToEnd W)) :
    ¬ IsLocalMax (fun W : Weights ι ℝ => l (endToEnd W)) W := by
  sorry

section DatasetLoss

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- **Kawaguchi 2016, Theorem 2.3 (iii)** for the dataset loss, whatever the data are: if no layer
is empty, every critical point that is not a global minimum is a saddle point. -/
theorem isSaddle_of_isCritical [∀ k, Nonempty (ι k)] (hH : 1 ≤ H)
    (hW : IsCritical W (datasetLoss X Y))
    (hmin : ¬ IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W) :
    IsSaddle W (datasetLoss X Y) := by
  sorry

end DatasetLoss

section StrictSaddles

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- A strict saddle: critical, with a direction of negative second derivative. -/
def IsStrictSaddle (W : Weights ι ℝ) (l : Matrix (ι (Fin.last H)) (ι 0) ℝ → ℝ) : Prop :=
  IsCritical W l ∧ ∃ (V : Weights ι ℝ) (c : ℝ), c < 0 ∧
    HasDerivAt (deriv fun t : ℝ => l (endToEnd (W + t • V))) c 0

variable {W : Weights ι ℝ}

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

variable (ι X Y)

/-- With at least three weight matrices the origin is not a strict saddle of the dataset loss. -/
theorem not_isStrictSaddle_zero (hH : 3 ≤ H) :
    ¬ IsStrictSaddle (0 : Weights ι ℝ) (datasetLoss X Y) := by
  sorry

end StrictSaddles

end DeepLinear

/-! ### DeepLinear.Landscape.SecondOrder -/

namespace DeepLinear

open Matrix Topology

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- A pair of layers is tight if the layers between them have no larger rank than the whole network,
or the gradient does not see the pair. -/
def IsTight (W : Weights ι ℝ) (G : Matrix (ι (Fin.last H)) (ι 0) ℝ) : Prop :=
  ∀ j k : Fin H, j < k → (between W j.succ k.castSucc).rank = (endToEnd W).rank ∨
    (tail W k.succ)ᵀ * G * (head W j.castSucc)ᵀ = 0

variable {W : Weights ι ℝ} {G : Matrix (ι (Fin.last H)) (ι 0) ℝ}

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- **Second order**: the critical points without negative curvature are those whose end-to-end
matrix minimizes the loss among the matrices of no larger rank and whose pairs of layers are all
tight. For any widths, and without singular values. -/
theorem not_isStrictSaddle_iff (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef)
    (hW : IsCritical W (datasetLoss X Y)) :
    ¬ IsStrictSaddle W (datasetLoss X Y) ↔
      IsMinOn (datasetLoss X Y) {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) ∧
        IsTight W ((endToEnd W * X - Y) * Xᵀ) := by
  sorry

/-- **The three kinds of critical points**: a global minimum, a strict saddle, or a saddle whose
Hessian is positive semidefinite; a global minimum is neither of the others. -/
theorem isMinOn_or_isStrictSaddle_or_flat [∀ k, Nonempty (ι k)] (hH : 1 ≤ H)
    (hW : IsCritical W (datasetLoss X Y)) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W ∨
      IsStrictSaddle W (datasetLoss X Y) ∨
        (IsSaddle W (datasetLoss X Y) ∧ ∀ V, 0 ≤ datasetHessian W X Y V V) := by
  sorry

end DeepLinear

/-! ### DeepLinear.Population -/

namespace DeepLinear

open Matrix MeasureTheory

section Shallow

variable {m n : Type*} [Fintype m] [Fintype n] {μ : Measure ((n → ℝ) × (m → ℝ))}

/-- **The bridge**: a population problem is a dataset problem, up to a constant, for every
distribution with finite second moments. -/
theorem exists_datasetLoss_eq_populationLoss (hμ : HasFiniteSecondMoments μ) :
    ∃ (X : Matrix n n ℝ) (Y : Matrix m n ℝ) (c : ℝ), X * Xᵀ = inputMoment μ ∧
      Y * Xᵀ = crossMoment μ ∧ ∀ A, populationLoss μ A = datasetLoss X Y A + c := by
  sorry

/-- In the other direction, a dataset problem is the population problem of the sum of the Dirac
measures at its columns. -/
theorem populationLoss_sum_dirac {s : Type*} [Fintype s] (X : Matrix n s ℝ) (Y : Matrix m s ℝ) :
    populationLoss (∑ a, Measure.dirac (fun j => X j a, fun i => Y i a)) = datasetLoss X Y := by
  sorry

/-- **Problem 5**, Theorem 2.2: the shallow population problem with a bound on the rank has no bad
local minima. -/
theorem isMinOn_populationLoss_of_isLocalMinOn (hμ : HasFiniteSecondMoments μ) {p : ℕ}
    {R : Matrix m n ℝ} (hR : R.rank ≤ p) (h : IsLocalMinOn (populationLoss μ) {A | A.rank ≤ p} R) :
    IsMinOn (populationLoss μ) {A | A.rank ≤ p} R := by
  sorry

end Shallow

section Deep

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))} (W : Weights ι ℝ)

/-- **Problem 5**, Theorem 2.1: for every distribution with finite second moments, the end-to-end
matrix of a local minimum of the deep population problem is a local minimum of the shallow one. -/
theorem isLocalMinOn_of_isLocalMin_populationLoss (hH : 1 ≤ H) (hμ : HasFiniteSecondMoments μ)
    (hW : IsLocalMin (fun W : Weights ι ℝ => populationLoss μ (endToEnd W)) W) :
    IsLocalMinOn (populationLoss μ) {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  sorry

end Deep

end DeepLinear

/-! ### DeepLinear.Corollaries -/

namespace DeepLinear

open Matrix MeasureTheory

section

section FirstOrder

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {W : Weights ι ℝ} {G : Matrix (ι (Fin.last H)) (ι 0) ℝ}

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- **Baldi and Hornik**, for any widths and depth: at a critical point the end-to-end matrix `R`
has `R Z = N P` for an orthogonal projector `P` of trace `rank R` that commutes with `Nᵀ N`, and the
loss is half of `‖Y‖² - tr (Nᵀ N P)`. Here `X Xᵀ = Z Zᵀ` with `Z` invertible, and `N = Y Xᵀ Z⁻ᵀ`. -/
theorem exists_projector_of_isCritical (hH : 1 ≤ H) (hW : IsCritical W (datasetLoss X Y))
    {Z : Matrix (ι 0) (ι 0) ℝ} (hZ : IsUnit Z.det) (hX : Z * Zᵀ = X * Xᵀ)
    {N : Matrix (ι (Fin.last H)) (ι 0) ℝ} (hN : N = Y * Xᵀ * (Z⁻¹)ᵀ) :
    ∃ P : Matrix (ι 0) (ι 0) ℝ, Pᵀ = P ∧ P * P = P ∧ P.trace = (endToEnd W).rank ∧
      Nᵀ * N * P = P * (Nᵀ * N) ∧ endToEnd W * Z = N * P ∧
      datasetLoss X Y (endToEnd W) = ((Y * Yᵀ).trace - (Nᵀ * N * P).trace) / 2 := by
  sorry

end FirstOrder

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {W : Weights ι ℝ}

/-- The end-to-end matrix of an autoencoder, whose outputs are its inputs by `e`. -/
def autoencode (W : Weights ι ℝ) (e : ι (Fin.last H) ≃ ι 0) : Matrix (ι 0) (ι 0) ℝ :=
  (endToEnd W).submatrix e.symm id

/-- **The linear autoencoder**: at every critical point, for any depth and any widths, the
end-to-end matrix is an orthogonal projector that commutes with `X Xᵀ`, and the loss is half of the
variance that it does not keep. -/
theorem isProjector_of_isCritical (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef) (e : ι (Fin.last H) ≃ ι 0)
    (hW : IsCritical W (datasetLoss X (X.submatrix e id))) :
    (autoencode W e)ᵀ = autoencode W e ∧ autoencode W e * autoencode W e = autoencode W e ∧
      autoencode W e * (X * Xᵀ) = X * Xᵀ * autoencode W e ∧
      datasetLoss X (X.submatrix e id) (endToEnd W) =
        ((X * Xᵀ).trace - (X * Xᵀ * autoencode W e).trace) / 2 := by
  sorry

/-- **Principal component analysis is what a deep linear autoencoder learns**: weights are a local
minimum if and only if the end-to-end matrix is an orthogonal projector that keeps, of all
orthogonal projectors of trace at most the bottleneck width, the most of the variance `X Xᵀ`. -/
theorem isLocalMin_autoencoder_iff (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef)
    (e : ι (Fin.last H) ≃ ι 0) :
    IsLocalMin (fun W : Weights ι ℝ => datasetLoss X (X.submatrix e id) (endToEnd W)) W ↔
      (autoencode W e)ᵀ = autoencode W e ∧ autoencode W e * autoencode W e = autoencode W e ∧
        ∀ P : Matrix (ι 0) (ι 0) ℝ, Pᵀ = P → P * P = P → P.trace ≤ bottleneck ι →
          (X * Xᵀ * P).trace ≤ (X * Xᵀ * autoencode W e).trace := by
  sorry

end

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {W : Weights ι ℝ}

/-- **Second order, for a distribution**: with finite second moments and `E x xᵀ` positive definite,
a critical point of the population loss has no negative curvature if and only if its end-to-end
matrix is minimal among the matrices of no larger rank and all pairs of layers are tight. -/
theorem not_isStrictSaddle_populationLoss_iff
    {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))} (hH : 1 ≤ H)
    (hμ : HasFiniteSecondMoments μ) (hpos : (inputMoment μ).PosDef)
    (hW : IsCritical W (populationLoss μ)) :
    ¬ IsStrictSaddle W (populationLoss μ) ↔
      IsMinOn (populationLoss μ) {A | A.rank ≤ (endToEnd W).rank} (endToEnd W) ∧
        IsTight W (endToEnd W * inputMoment μ - crossMoment μ) := by
  sorry

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}

/-- **Yun, Sra and Jadbabaie**, for any widths: a critical point whose end-to-end matrix has the
rank of the bottleneck width is a global minimum or a strict saddle. -/
theorem isMinOn_or_isStrictSaddle_of_rank_eq (hH : 1 ≤ H) (hX : (X * Xᵀ).PosDef)
    (hW : IsCritical W (datasetLoss X Y)) (hR : (endToEnd W).rank = bottleneck ι) :
    IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W ∨
      IsStrictSaddle W (datasetLoss X Y) := by
  sorry

section Kawaguchi

variable {n : ℕ} {ι : Fin (n + 3) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- The product of the interior layers, from layer 1 to the last layer but one. -/
def interiorProduct (W : Weights ι ℝ) :
    Matrix (ι (Fin.last (n + 1)).castSucc) (ι (Fin.succ 0)) ℝ :=
  between W (Fin.succ 0) (Fin.last (n + 1)).castSucc

/-- **Kawaguchi 2016, Theorem 2.3 (iv)**, for any widths: a critical point of a quadratic loss with
a positive definite form that is not a global minimum is a strict saddle, if the product of its
interior layers has rank at least the bottleneck width. -/
theorem isStrictSaddle_of_isCritical {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last (n + 2))) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical W (quadraticLoss Q C c)) (hM : bottleneck ι ≤ (interiorProduct W).rank)
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle W (quadraticLoss Q C c) := by
  sorry

/-- For a quadratic loss with a positive definite form, every critical point whose end-to-end matrix
has the rank of the bottleneck width is a global minimum or a strict saddle. -/
theorem isStrictSaddle_of_rank_eq {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last (n + 2))) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical W (quadraticLoss Q C c)) (hR : (endToEnd W).rank = bottleneck ι)
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle W (quadraticLoss Q C c) := by
  sorry

/-- Two weight matrices and a quadratic loss with a positive definite form: every critical point
that is not a global minimum is a strict saddle. -/
theorem isStrictSaddle_of_two_layers {ι : Fin 3 → Type*} [∀ k, Fintype (ι k)]
    [∀ k, DecidableEq (ι k)] {Q : Matrix (ι 0) (ι 0) ℝ} (hQ : Q.PosDef)
    (C : Matrix (ι (Fin.last 2)) (ι 0) ℝ) (c : ℝ) {W : Weights ι ℝ}
    (hW : IsCritical W (quadraticLoss Q C c))
    (hglob : ¬ IsMinOn (fun W : Weights ι ℝ => quadraticLoss Q C c (endToEnd W)) Set.univ W) :
    IsStrictSaddle W (quadraticLoss Q C c) := by
  sorry

end Kawaguchi

end DeepLinear

/-! ### DeepLinear.ForMathlib.Analysis.Matrix.Normed -/

section

namespace Matrix

variable {l m n : Type*} [Fintype l] [Fintype m] [Fintype n]

/-- The Frobenius norm of a matrix. -/
noncomputable def frobeniusNorm (A : Matrix m n ℝ) : ℝ :=
  √(sqNorm A)

end Matrix

end

/-! ### DeepLinear.InMathlib -/

namespace DeepLinear

open Matrix MeasureTheory

open scoped Matrix.Norms.Elementwise

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- **Problem 1.1** as a Fréchet derivative: the derivative of the population loss at the predictor
`A` is the inner product with `A E x xᵀ - E y xᵀ`. -/
theorem hasFDerivAt_populationLoss {m n : Type*} [Fintype m] [Fintype n]
    {μ : Measure ((n → ℝ) × (m → ℝ))} (hμ : HasFiniteSecondMoments μ) (A : Matrix m n ℝ) :
    HasFDerivAt (populationLoss μ)
      (LinearMap.toContinuousLinearMap (innerProduct (A * inputMoment μ - crossMoment μ))) A := by
  sorry

/-- **Problem 1.4** as a Fréchet derivative on the space of all weights. -/
theorem hasFDerivAt_datasetLoss_endToEnd {s : Type*} [Fintype s] (W : Weights ι ℝ)
    (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ) :
    HasFDerivAt (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W))
      (LinearMap.toContinuousLinearMap
        (∑ k, innerProduct (datasetGradient W X Y k) ∘ₗ LinearMap.proj k)) W := by
  sorry

/-- **Problem 1.3** as a Fréchet derivative on the space of all weights. -/
theorem hasFDerivAt_populationLoss_endToEnd (W : Weights ι ℝ)
    {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))} (hμ : HasFiniteSecondMoments μ) :
    HasFDerivAt (fun W : Weights ι ℝ => populationLoss μ (endToEnd W))
      (LinearMap.toContinuousLinearMap
        (∑ k, innerProduct (layerGradient W (endToEnd W * inputMoment μ - crossMoment μ) k) ∘ₗ
          LinearMap.proj k)) W := by
  sorry

variable (ι)

/-- **Problem 3.3** as a Fréchet derivative: the dataset loss is twice continuously differentiable,
and with at least three weight matrices its second derivative at the origin is zero. -/
theorem hasFDerivAt_fderiv_zero {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (hH : 3 ≤ H) :
    ContDiff ℝ 2 (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) ∧
      HasFDerivAt (𝕜 := ℝ) (fderiv ℝ fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W))
        (0 : Weights ι ℝ →L[ℝ] Weights ι ℝ →L[ℝ] ℝ) 0 := by
  sorry

end DeepLinear

/-! ### DeepLinear.Flow.Basic -/

namespace DeepLinear

open Matrix MeasureTheory Set

section Curves

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- `W` solves the gradient flow with the gradient `G` of the loss of the end-to-end matrix, on
`[0, T)`: every entry has the derivative that the flow asks for, at `0` from the right. -/
def IsGradientFlow (W : ℝ → Weights ι ℝ) (G : ℝ → Matrix (ι (Fin.last H)) (ι 0) ℝ) (T : ℝ) : Prop :=
  ∀ t ∈ Set.Ico 0 T, ∀ k i j,
    HasDerivWithinAt (fun t => W t k i j) (-layerGradient (W t) (G t) k i j) (Set.Ico 0 T) t

/-- `W` solves the gradient flow of the dataset loss on `[0, T)`. -/
def IsDatasetFlow {s : Type*} [Fintype s] (W : ℝ → Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) (T : ℝ) : Prop :=
  IsGradientFlow W (fun t => (endToEnd (W t) * X - Y) * Xᵀ) T

variable {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ} {T : ℝ}
  {W : ℝ → Weights ι ℝ}

/-- **Dissipation**: along the gradient flow of the dataset loss the loss decreases at the rate of
the squared gradient. -/
theorem hasDerivWithinAt_datasetLoss (hW : IsDatasetFlow W X Y T) {t : ℝ} (ht : t ∈ Set.Ico 0 T) :
    HasDerivWithinAt (fun t => datasetLoss X Y (endToEnd (W t)))
      (-∑ k, sqNorm (datasetGradient (W t) X Y k)) (Set.Ico 0 T) t := by
  sorry

end Curves

section Imbalance

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)]

/-- The difference `W_{k+1}ᵀ W_{k+1} - W_k W_kᵀ` of neighbouring layers. -/
def imbalance {R : Type*} [CommRing R] (W : Weights ι R) (k : Fin n) :
    Matrix (ι k.succ.castSucc) (ι k.succ.castSucc) R :=
  (W k.succ)ᵀ * W k.succ - layerBelow W k * (layerBelow W k)ᵀ

variable [∀ k, DecidableEq (ι k)]

/-- **Balancedness**: along a gradient flow the differences of neighbouring layers are constant. -/
theorem imbalance_eq {G : ℝ → Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ} {T : ℝ} {W : ℝ → Weights ι ℝ}
    (hW : IsGradientFlow W G T) {t : ℝ} (ht : t ∈ Set.Ico 0 T) (k : Fin n) :
    imbalance (W t) k = imbalance (W 0) k := by
  sorry

end Imbalance

section Flow

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- The derivative of the end-to-end matrix along a gradient flow. -/
theorem hasDerivWithinAt_endToEnd_apply {G : ℝ → Matrix (ι (Fin.last H)) (ι 0) ℝ} {T : ℝ}
    {W : ℝ → Weights ι ℝ} (hW : IsGradientFlow W G T) {t : ℝ} (ht : t ∈ Set.Ico 0 T)
    (i : ι (Fin.last H)) (j : ι 0) :
    HasDerivWithinAt (fun t => endToEnd (W t) i j)
      ((-∑ k : Fin H, tail (W t) k.succ * (tail (W t) k.succ)ᵀ * G t *
        ((head (W t) k.castSucc)ᵀ * head (W t) k.castSucc)) i j) (Set.Ico 0 T) t := by
  sorry

end Flow

section Balanced

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] {R : Type*} [CommRing R]

/-- The weights are balanced: `W_{k+1}ᵀ W_{k+1} = W_k W_kᵀ` for all neighbouring layers. -/
def IsBalanced (W : Weights ι R) : Prop :=
  ∀ k, imbalance W k = 0

/-- The matrix `W_1ᵀ W_1`. -/
def firstGram (W : Weights ι R) : Matrix (ι 0) (ι 0) R :=
  (firstLayer W)ᵀ * firstLayer W

/-- The matrix `W_H W_Hᵀ`. -/
def lastGram (W : Weights ι R) : Matrix (ι (Fin.last (n + 1))) (ι (Fin.last (n + 1))) R :=
  lastLayer W * (lastLayer W)ᵀ

variable [∀ k, DecidableEq (ι k)] {W : Weights ι R}

/-- For balanced weights `S_kᵀ S_k` is a power of `W_1ᵀ W_1`. -/
theorem head_transpose_mul_head (hW : IsBalanced W) (k : Fin (n + 2)) :
    (head W k)ᵀ * head W k = firstGram W ^ (k : ℕ) := by
  sorry

/-- For balanced weights `T_k T_kᵀ` is a power of `W_H W_Hᵀ`. -/
theorem tail_mul_transpose_tail (hW : IsBalanced W) (k : Fin (n + 2)) :
    tail W k * (tail W k)ᵀ = lastGram W ^ (n + 1 - (k : ℕ)) := by
  sorry

end Balanced

section Preconditioned

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- **Arora, Cohen and Hazan, Theorem 1**: the end-to-end matrix of a balanced gradient flow has the
derivative `- ∑ A^{H-k} G B^{k-1}` with `A = W_H W_Hᵀ` and `B = W_1ᵀ W_1`, whose powers of order `H`
are `R Rᵀ` and `Rᵀ R`: depth acts as a preconditioner. -/
theorem hasDerivWithinAt_endToEnd_of_isBalanced {G : ℝ → Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ}
    {T : ℝ} {W : ℝ → Weights ι ℝ} (hW : IsGradientFlow W G T) (h0 : IsBalanced (W 0)) {t : ℝ}
    (ht : t ∈ Set.Ico 0 T) (i : ι (Fin.last (n + 1))) (j : ι 0) :
    HasDerivWithinAt (fun t => endToEnd (W t) i j)
      ((-∑ k : Fin (n + 1), lastGram (W t) ^ (n - (k : ℕ)) * G t * firstGram (W t) ^ (k : ℕ)) i j)
      (Set.Ico 0 T) t := by
  sorry

end Preconditioned

open scoped Matrix.Norms.Elementwise

section Dataset

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

variable {X Y}

variable (X Y)

/-- **The gradient flow exists**: from all weights, for any data, there is a gradient flow of the
dataset loss for all times. -/
theorem exists_isDatasetFlow (W₀ : Weights ι ℝ) (X : Matrix (ι 0) s ℝ)
    (Y : Matrix (ι (Fin.last H)) s ℝ) :
    ∃ W : ℝ → Weights ι ℝ, W 0 = W₀ ∧ ∀ T, IsDatasetFlow W X Y T := by
  sorry

variable {X Y}

/-- **There is only one gradient flow** from given weights. -/
theorem eqOn_of_isDatasetFlow {T : ℝ} {W W' : ℝ → Weights ι ℝ} (hW : IsDatasetFlow W X Y T)
    (hW' : IsDatasetFlow W' X Y T) (h0 : W 0 = W' 0) : EqOn W W' (Ico 0 T) := by
  sorry

end Dataset

section Population

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]

/-- **The gradient flow of a population loss exists**, and there is only one: from all weights, for
a distribution with finite second moments. -/
theorem exists_populationFlow {μ : Measure ((ι 0 → ℝ) × (ι (Fin.last H) → ℝ))}
    (hμ : HasFiniteSecondMoments μ) (W₀ : Weights ι ℝ) :
    ∃ W : ℝ → Weights ι ℝ, (W 0 = W₀ ∧ ∀ T, IsGradientFlow
      W (fun t => endToEnd (W t) * inputMoment μ - crossMoment μ) T) ∧
      ∀ (T : ℝ) (W' : ℝ → Weights ι ℝ), W' 0 = W₀ → IsGradientFlow
        W' (fun t => endToEnd (W' t) * inputMoment μ - crossMoment μ) T →
          Set.EqOn W W' (Set.Ico 0 T) := by
  sorry

end Population

end DeepLinear

/-! ### DeepLinear.Flow.Convergence -/

namespace DeepLinear

open Matrix Topology

section

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last (n + 1))) s ℝ} {T : ℝ}

/-- **Convergence**: on a balanced gradient flow of the dataset loss with `X Xᵀ ≥ λ` and
`W_1ᵀ W_1 ≥ σ` throughout, the distance of the loss to the loss of any `R₀`, in particular to the
minimum, is at most `exp (- 2 λ σ^{H-1} t)` times that at the start. (For `σ > 0` this asks that no
layer be narrower than the input.) -/
theorem datasetLoss_sub_le_exp {W : ℝ → Weights ι ℝ} (hW : IsDatasetFlow W X Y T)
    (h0 : IsBalanced (W 0)) {c σ : ℝ} (hc : 0 ≤ c) (hσ : 0 ≤ σ)
    (hX : ∀ v, c * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v) {t : ℝ} (ht : t ∈ Set.Ico 0 T)
    (hfirst : ∀ x ∈ Set.Icc 0 t, ∀ v, σ * (v ⬝ᵥ v) ≤ v ⬝ᵥ firstGram (W x) *ᵥ v)
    (R₀ : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ) :
    datasetLoss X Y (endToEnd (W t)) - datasetLoss X Y R₀ ≤
      Real.exp (-(2 * c * σ ^ n) * t) *
        (datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀) := by
  sorry

end

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last (n + 1))) s ℝ}

/-- **Convergence from the start alone** (Arora, Cohen, Golowich and Hu, for the flow): a balanced
start, `X Xᵀ ≥ λ`, and `Rᵀ R ≥ c²` for every `R` whose loss is at most that of the start. Then the
distance of the loss to that of any `R₀`, in particular to the minimum, is at most
`exp (- 2 λ c^(2 - 2/H) t)` times that at the start. -/
theorem datasetLoss_sub_le_exp_of_sublevel {W : ℝ → Weights ι ℝ} (hW : ∀ T, IsDatasetFlow W X Y T)
    (h0 : IsBalanced (W 0)) {lam c : ℝ} (hlam : 0 ≤ lam) (hc : 0 ≤ c)
    (hX : ∀ v, lam * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v)
    (hsub : ∀ R, datasetLoss X Y R ≤ datasetLoss X Y (endToEnd (W 0)) →
      ∀ v, c ^ 2 * (v ⬝ᵥ v) ≤ (R *ᵥ v) ⬝ᵥ (R *ᵥ v))
    {t : ℝ} (ht : 0 ≤ t) (R₀ : Matrix (ι (Fin.last (n + 1))) (ι 0) ℝ) :
    datasetLoss X Y (endToEnd (W t)) - datasetLoss X Y R₀ ≤
      Real.exp (-(2 * lam * c ^ (2 - 2 / (n + 1 : ℝ))) * t) *
        (datasetLoss X Y (endToEnd (W 0)) - datasetLoss X Y R₀) := by
  sorry

open scoped Matrix.Norms.Elementwise in
/-- **The weights converge, to a global minimum**, from a balanced start whose sublevel set stays
away from the singular matrices. -/
theorem exists_tendsto_isMinOn_of_sublevel {W : ℝ → Weights ι ℝ}
    (hW : ∀ T, IsDatasetFlow W X Y T) (h0 : IsBalanced (W 0)) {lam c : ℝ} (hlam : 0 < lam)
    (hc : 0 < c) (hX : ∀ v, lam * (v ⬝ᵥ v) ≤ v ⬝ᵥ (X * Xᵀ) *ᵥ v)
    (hsub : ∀ R, datasetLoss X Y R ≤ datasetLoss X Y (endToEnd (W 0)) →
      ∀ v, c ^ 2 * (v ⬝ᵥ v) ≤ (R *ᵥ v) ⬝ᵥ (R *ᵥ v)) :
    ∃ W₁ : Weights ι ℝ, Filter.Tendsto W Filter.atTop (𝓝 W₁) ∧
      IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W₁ := by
  sorry

open scoped Matrix.Norms.Elementwise in
/-- **The deficiency margin** (Arora, Cohen, Golowich and Hu, for the flow): on whitened data, from
a balanced start whose end-to-end matrix is nearer to `Φ = Y Xᵀ` than the least singular value of
`Φ`, the weights converge to a global minimum. -/
theorem exists_tendsto_isMinOn_of_margin {W : ℝ → Weights ι ℝ}
    (hW : ∀ T, IsDatasetFlow W X Y T) (h0 : IsBalanced (W 0)) (hX : X * Xᵀ = 1) {σ c : ℝ}
    (hc : 0 < c) (hcσ : c ≤ σ)
    (hΦ : ∀ v, σ ^ 2 * (v ⬝ᵥ v) ≤ ((Y * Xᵀ) *ᵥ v) ⬝ᵥ ((Y * Xᵀ) *ᵥ v))
    (hmargin : sqNorm (endToEnd (W 0) - Y * Xᵀ) ≤ (σ - c) ^ 2) :
    ∃ W₁ : Weights ι ℝ, Filter.Tendsto W Filter.atTop (𝓝 W₁) ∧
      IsMinOn (fun W : Weights ι ℝ => datasetLoss X Y (endToEnd W)) Set.univ W₁ := by
  sorry

end DeepLinear

/-! ### DeepLinear.Flow.GradientDescent -/

namespace DeepLinear

open Matrix Topology

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {W V : Weights ι ℝ} {m : ℝ}

section Curvature

variable {s : Type*} [Fintype s] (X : Matrix (ι 0) s ℝ) (Y : Matrix (ι (Fin.last H)) s ℝ)

/-- The factor of the curvature where no layer has a Frobenius norm above `m`: the second derivative
along `V` is at most this, divided by `m²`, times the squared norm of `V`. -/
noncomputable def curvatureFactor (m : ℝ) : ℝ :=
  H * (m ^ H * frobeniusNorm X * (2 * (m ^ H * frobeniusNorm X) + frobeniusNorm Y))

end Curvature

section Deep

variable {n : ℕ} {ι : Fin (n + 2) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {s : Type*} [Fintype s] {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last (n + 1))) s ℝ}

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
  sorry

end Deep

end DeepLinear

/-! ### DeepLinear.Flow.Modes -/

namespace DeepLinear

open Matrix Topology

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {ρ s : Type*} [Fintype ρ] [DecidableEq ρ] [Fintype s]

/-- Aligned weights: every layer carries the modes `a` between the frames `Q`. -/
def alignedWeights (Q : ∀ k, Matrix (ι k) ρ ℝ) (a : ρ → ℝ) : Weights ι ℝ :=
  fun k => Q k.succ * Matrix.diagonal a * (Q k.castSucc)ᵀ

variable {Q : ∀ k, Matrix (ι k) ρ ℝ} {a : ρ → ℝ}

/-- **Decoupled dynamics** (Saxe, McClelland, Ganguli), for any depth: on whitened data, from
aligned weights, every mode follows the scalar equation `a' = a ^ (H - 1) (σ - a ^ H)`. -/
theorem isDatasetFlow_alignedWeights {X : Matrix (ι 0) s ℝ} {Y : Matrix (ι (Fin.last H)) s ℝ}
    (hQ : ∀ k, (Q k)ᵀ * Q k = 1) {σ : ρ → ℝ} (hX : X * Xᵀ = 1)
    (hY : Y * Xᵀ = Q (Fin.last H) * Matrix.diagonal σ * (Q 0)ᵀ) {T : ℝ} {a : ℝ → ρ → ℝ}
    (ha : ∀ t ∈ Set.Ico 0 T, ∀ i,
      HasDerivWithinAt (fun t => a t i) (a t i ^ (H - 1) * (σ i - a t i ^ H)) (Set.Ico 0 T) t) :
    IsDatasetFlow (fun t => alignedWeights Q (a t)) X Y T := by
  sorry

/-- The strength of a mode of two layers: the closed form. -/
noncomputable def saxeMode (σ s₀ t : ℝ) : ℝ :=
  σ * Real.exp (2 * σ * t) / (Real.exp (2 * σ * t) - 1 + σ / s₀)

/-- **Saxe, McClelland and Ganguli**: the closed form `σ e / (e - 1 + σ / s₀)`, `e = exp (2 σ t)`,
solves the equation of a mode of two layers; its root is the mode of each layer. -/
theorem hasDerivAt_sqrt_saxeMode {σ s₀ : ℝ} (hσ : 0 < σ) (hs : 0 < s₀) {t : ℝ} (ht : 0 ≤ t) :
    HasDerivAt (fun t => √(saxeMode σ s₀ t))
      (√(saxeMode σ s₀ t) ^ (2 - 1) * (σ - √(saxeMode σ s₀ t) ^ 2)) t := by
  sorry

/-- **The limit of a mode** of two layers is its singular value. -/
theorem tendsto_saxeMode {σ : ℝ} (hσ : 0 < σ) (s₀ : ℝ) :
    Filter.Tendsto (saxeMode σ s₀) Filter.atTop (𝓝 σ) := by
  sorry

/-- The time at which a mode of two layers has half of its strength, from `s₀ < σ`. -/
noncomputable def saxeHalfTime (σ s₀ : ℝ) : ℝ :=
  Real.log (σ / s₀ - 1) / (2 * σ)

/-- Half of a mode of two layers is learned at the half time. -/
theorem saxeMode_halfTime {σ s₀ : ℝ} (hs : 0 < s₀) (h : s₀ < σ) :
    saxeMode σ s₀ (saxeHalfTime σ s₀) = σ / 2 := by
  sorry

/-- **Stronger modes are learned earlier**: the half time falls with the singular value, where it is
at least five times the strength at the start. -/
theorem strictAntiOn_saxeHalfTime {s₀ : ℝ} (hs : 0 < s₀) :
    StrictAntiOn (fun σ => saxeHalfTime σ s₀) (Set.Ici (5 * s₀)) := by
  sorry

/-- Near the start it is the other way round: from `s₀ = 1` the mode of strength 2 is half learned
at once, that of strength 3 is not. So the half time does not fall with the singular value
throughout. -/
theorem saxeHalfTime_two_lt_three : saxeHalfTime 2 1 < saxeHalfTime 3 1 := by
  sorry

end DeepLinear

/-! ### DeepLinear.ForMathlib.Analysis.Convex.MatrixRank -/

section

namespace Matrix

variable {m n 𝕜 : Type*} [Fintype n] [Field 𝕜]

variable [LinearOrder 𝕜] [IsStrictOrderedRing 𝕜] {d : ℕ}

variable [Fintype m]

/-- For `1 ≤ d < min m n` the set of the `m × n` matrices of rank at
most `d` is not convex. -/
theorem not_convex_setOf_rank_le_of_lt_min (hd : 1 ≤ d)
    (hdmn : d < min (Fintype.card m) (Fintype.card n)) :
    ¬ Convex 𝕜 {A : Matrix m n 𝕜 | A.rank ≤ d} := by
  sorry

/-- The set of the `m × n` matrices of rank at most `d`
is convex if and only if it is `{0}`, for `d = 0`, or contains all matrices, for `min m n ≤ d`. -/
theorem convex_setOf_rank_le_iff :
    Convex 𝕜 {A : Matrix m n 𝕜 | A.rank ≤ d} ↔
      d = 0 ∨ min (Fintype.card m) (Fintype.card n) ≤ d := by
  sorry

end Matrix

end

/-! ### DeepLinear.ForMathlib.Analysis.Matrix.SingularValues -/

section

namespace Matrix

variable {m n k : Type*} [Fintype m] [Fintype n] [Fintype k] [DecidableEq k]

/-- **Eckart and Young**: the least squared error, in the Frobenius norm, of an approximation of `N`
of rank at most `p` is the sum of the squares of the singular values of `N` from `p` on (which are
counted from `0`). -/
theorem isLeast_sqNorm_sub [DecidableEq n] (N : Matrix m n ℝ) (p : ℕ) :
    IsLeast ((fun A => sqNorm (N - A)) '' {A : Matrix m n ℝ | A.rank ≤ p})
      (∑ i ∈ Finset.Ico p (Fintype.card n), (toEuclideanLin N).singularValues i ^ 2) := by
  sorry

end Matrix

end

/-! ### DeepLinear.Landscape.OtherLosses -/

namespace DeepLinear

open Matrix Topology

section

section Matrix

variable {m n : Type*}

/-- Half the sum of the squared errors of `A` at the observed entries `Ω` of `M`. -/
def maskedLoss {𝕜 : Type*} [Field 𝕜] (Ω : Finset (m × n)) (M A : Matrix m n 𝕜) : 𝕜 :=
  (∑ e ∈ Ω, (A e.1 e.2 - M e.1 e.2) ^ 2) / 2

end Matrix

variable {H : ℕ} {ι : Fin (H + 1) → Type*} [∀ k, Fintype (ι k)] [∀ k, DecidableEq (ι k)]
  {Ω : Finset (ι (Fin.last H) × ι 0)} {M : Matrix (ι (Fin.last H)) (ι 0) ℝ} {W : Weights ι ℝ}

/-- **Deep matrix completion**: weights are a local minimum of the square loss on the observed
entries if and only if their end-to-end matrix is one among the matrices of rank at most the
bottleneck width. Depth creates no bad local minima; a bound on the rank may. -/
theorem isLocalMin_maskedLoss_iff (hH : 1 ≤ H) :
    IsLocalMin (fun W : Weights ι ℝ => maskedLoss Ω M (endToEnd W)) W ↔
      IsLocalMinOn (maskedLoss Ω M) {A | A.rank ≤ bottleneck ι} (endToEnd W) := by
  sorry

/-- **Deep matrix completion**: a local minimum whose end-to-end matrix has rank below the
bottleneck width, and without a bottleneck every local minimum, fits all observed entries. -/
theorem eq_of_isLocalMin_maskedLoss (hH : 1 ≤ H)
    (h : (endToEnd W).rank < bottleneck ι ∨ NoBottleneck ι)
    (hW : IsLocalMin (fun W : Weights ι ℝ => maskedLoss Ω M (endToEnd W)) W) :
    ∀ e ∈ Ω, endToEnd W e.1 e.2 = M e.1 e.2 := by
  sorry

end

/-- A strictly convex loss of a `2 × 2` matrix: a weighted sum of squares. -/
noncomputable def skewLoss (R : Matrix (Fin 2) (Fin 2) ℝ) : ℝ :=
  (R 0 0 - 1) ^ 2 + 2 * R 0 1 ^ 2 + 2 * R 1 0 ^ 2 + (R 1 1 - 3 / 2) ^ 2

/-- The widths of the network: 2, 1, 2. -/
abbrev skewWidths : Fin 3 → Type :=
  fun k => Fin (![2, 1, 2] k)

/-- The weights `W₁ = (1 0)` and `W₂ = W₁ᵀ`. -/
def skewWeights : Weights skewWidths ℝ
  | 0 => (!![1, 0] : Matrix (Fin 1) (Fin 2) ℝ)
  | 1 => (!![1; 0] : Matrix (Fin 2) (Fin 1) ℝ)

/-- Theorem 2.3 of Lu and Kawaguchi is not true of every strictly convex, differentiable loss: for
the loss `(R₁₁ - 1)² + 2 R₁₂² + 2 R₂₁² + (R₂₂ - 3/2)²` the network with the widths 2, 1, 2 has a
local minimum that is not a global minimum. -/
theorem exists_isLocalMin_not_isMinOn :
    StrictConvexOn ℝ Set.univ skewLoss ∧ (∀ A, ∃ l', HasGateauxDerivAt skewLoss l' A) ∧
      IsLocalMin (fun W : Weights skewWidths ℝ => skewLoss (endToEnd W)) skewWeights ∧
      ¬ IsMinOn (fun W : Weights skewWidths ℝ => skewLoss (endToEnd W)) Set.univ skewWeights := by
  sorry

end DeepLinear

/-! ### DeepLinear.SquareFullRank -/

namespace DeepLinear

open Matrix

variable {H : ℕ} {n : Type*} [Fintype n] [DecidableEq n]

/-- **Problem 4 for critical points and any convex differentiable loss**: if the layers are square
and the end-to-end matrix of a critical point is invertible, then it minimizes the loss `l` over all
matrices. -/
theorem isMinOn_of_isCritical_of_isUnit (hH : 1 ≤ H) {l : Matrix n n ℝ → ℝ}
    (hl : ConvexOn ℝ Set.univ l) (W : Weights (fun _ : Fin (H + 1) => n) ℝ)
    {l' : Matrix n n ℝ →ₗ[ℝ] ℝ} (hl' : HasGateauxDerivAt l l' (endToEnd W))
    (hW : IsCritical W l) (hR : IsUnit (endToEnd W)) :
    IsMinOn l Set.univ (endToEnd W) := by
  sorry

/-- A network of residual layers `1 + A_k` in which every `A_k` shrinks every nonzero vector (as it
does when its operator norm is below one): each critical point minimizes the loss `l` over all
matrices. This is Theorem 2.2 of Hardt and Ma, for every convex differentiable loss. -/
theorem isMinOn_of_isCritical_residual (hH : 1 ≤ H) {l : Matrix n n ℝ → ℝ}
    (hl : ConvexOn ℝ Set.univ l) (A : Weights (fun _ : Fin (H + 1) => n) ℝ)
    (hA : ∀ k x, x ≠ 0 → (A k *ᵥ x) ⬝ᵥ (A k *ᵥ x) < x ⬝ᵥ x) {l' : Matrix n n ℝ →ₗ[ℝ] ℝ}
    (hl' : HasGateauxDerivAt l l' (endToEnd (1 + A)))
    (hW : IsCritical (1 + A) l) :
    IsMinOn l Set.univ (endToEnd (1 + A)) := by
  sorry

section DatasetLoss

variable {s : Type*} [Fintype s]

/-- **Problem 4**, for critical points: square layers and an invertible end-to-end matrix. -/
theorem isMinOn_datasetLoss_of_isCritical (W : Weights (fun _ : Fin (H + 1) => n) ℝ)
    (X Y : Matrix n s ℝ) (hW : IsCritical W (datasetLoss X Y))
    (hR : IsUnit (endToEnd W)) :
    IsMinOn (fun W : Weights (fun _ : Fin (H + 1) => n) ℝ => datasetLoss X Y (endToEnd W))
      Set.univ W := by
  sorry

end DatasetLoss

end DeepLinear
