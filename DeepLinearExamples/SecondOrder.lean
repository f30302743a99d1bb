/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Certificate.Critical
public import DeepLinearExamples.Flow
public import DeepLinear.Corollaries

/-!
# Instances of the classification of critical points, and of the autoencoder

Saddles that are not strict, the origin and others, and a strict one whose pair of layers is not
tight; that the end-to-end matrix is minimal at its rank is shown by a certificate. Critical points
of linear autoencoders.
-/

@[expose] public section

open Matrix

namespace DeepLinear.NetworkInstance

open Certificate

variable {e : NetworkInstance}

/-- The weights are a saddle point of the real loss, not a strict one, and `better` has a smaller
loss. -/
def IsFlatSaddleExample (e : NetworkInstance) (better : Weights (fun k => Fin (e.widths k)) ℚ) :
    Prop :=
  IsSaddle (toReal e.weights) e.realLoss ∧
    ¬ IsStrictSaddle (toReal e.weights) e.realLoss ∧
      e.realLoss (endToEnd (toReal better)) < e.realLoss (endToEnd (toReal e.weights))

/-- What a rational computation has to show of a saddle that is not strict: the end-to-end matrix
has rank `r` and is minimal at that rank, and all pairs of layers are tight. -/
lemma isFlatSaddleExample {better : Weights (fun k => Fin (e.widths k)) ℚ} {r : ℕ}
    (hH : 1 ≤ e.depth) (hpos : ∀ k, 0 < e.widths k) (h : ∀ k, e.gradient k = 0)
    (hb : e.loss better < e.loss e.weights)
    {X' : Matrix (Fin e.samples) (Fin (e.widths 0)) ℚ} (hX : e.X * X' = 1)
    {P : Matrix (Fin r) (Fin (e.widths (Fin.last e.depth))) ℚ}
    {Q : Matrix (Fin (e.widths 0)) (Fin r) ℚ} (hPQ : P * endToEnd e.weights * Q = 1)
    (hR : endToEnd e.weights * Q * (P * endToEnd e.weights) = endToEnd e.weights)
    {x y : Rows} (hx : toMatrix _ _ x = e.X) (hy : toMatrix _ _ y = e.Y) {b : Bound}
    (hcheck : b.check (e.widths (Fin.last e.depth)) (e.widths 0) e.samples x y = true)
    (hmin : e.loss e.weights ≤ b.value (e.widths (Fin.last e.depth)) y r)
    (ht : ∀ j k : Fin e.depth, j < k →
      between e.weights j.succ k.castSucc * (head e.weights j.succ * Q) *
          (P * (tail e.weights k.castSucc * between e.weights j.succ k.castSucc)) =
          between e.weights j.succ k.castSucc ∨
        (tail e.weights k.succ)ᵀ * ((endToEnd e.weights * e.X - e.Y) * e.Xᵀ) *
          (head e.weights j.castSucc)ᵀ = 0) :
    e.IsFlatSaddleExample better := by
  have : ∀ k, Nonempty (Fin (e.widths k)) := fun k => ⟨⟨0, hpos k⟩⟩
  have hcrit := e.isCriticalPoint_iff.2 h
  refine ⟨isSaddle_of_isCritical hH hcrit fun hglobal => ?_,
    not_isStrictSaddle_of_rat hH hX hcrit hPQ hR (fun A hA => ?_) ht, realLoss_lt hb⟩
  · exact (realLoss_lt hb).not_ge (hglobal (Set.mem_univ (toReal better)))
  · have h1 := Bound.value_le hcheck (A := A) hA
    rw [hx, hy] at h1
    have h2 : ((e.loss e.weights : ℚ) : ℝ) ≤
        (b.value (e.widths (Fin.last e.depth)) y r : ℚ) := by exact_mod_cast hmin
    rw [← realLoss_endToEnd_toReal, endToEnd_toReal] at h2
    exact h2.trans h1

/-- The weights are critical, and the end-to-end matrix of the autoencoder is an orthogonal
projector that commutes with `X Xᵀ`. -/
def IsAutoencoderExample (e : NetworkInstance)
    (h : e.widths (Fin.last e.depth) = e.widths 0) : Prop :=
  e.IsCriticalPoint ∧
    (autoencode (toReal e.weights) (finCongr h))ᵀ = autoencode (toReal e.weights) (finCongr h) ∧
    autoencode (toReal e.weights) (finCongr h) * autoencode (toReal e.weights) (finCongr h) =
      autoencode (toReal e.weights) (finCongr h)

lemma isAutoencoderExample (h : e.widths (Fin.last e.depth) = e.widths 0) (hH : 1 ≤ e.depth)
    (hcrit : ∀ k, e.gradient k = 0) (hY : e.Y = e.X.submatrix (finCongr h) id)
    {X' : Matrix (Fin e.samples) (Fin (e.widths 0)) ℚ} (hX : e.X * X' = 1) :
    e.IsAutoencoderExample h := by
  have hpd : (e.X.map (Rat.castHom ℝ) * (e.X.map (Rat.castHom ℝ))ᵀ).PosDef := by
    refine posDef_mul_transpose_of_mul_eq_one (G' := X'.map (Rat.castHom ℝ)) ?_
    rw [← Matrix.map_mul, hX]
    exact Matrix.map_one _ (map_zero _) (map_one _)
  have hc := e.isCriticalPoint_iff.2 hcrit
  have hc' : IsCritical (toReal e.weights) (datasetLoss (e.X.map (Rat.castHom ℝ))
      ((e.X.map (Rat.castHom ℝ)).submatrix (finCongr h) id)) := by
    have hY' : (e.X.map (Rat.castHom ℝ)).submatrix (finCongr h) id =
        e.Y.map (Rat.castHom ℝ) := by
      rw [hY]
      rfl
    rw [hY']
    exact hc
  obtain ⟨h1, h2, -, -⟩ := isProjector_of_isCritical (W := toReal e.weights) hH hpd (finCongr h) hc'
  exact ⟨hc, h1, h2⟩

/-- Three layers of width 2: the stronger mode is learned, every layer has rank one. -/
def flatOne : NetworkInstance where
  depth := 3
  widths := ![2, 2, 2, 2]
  samples := 2
  weights
    | 0 => (!![1, 0; 2, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![6, -2; 3, -1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![3, -3; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![3, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss. -/
def flatOneBetter : Weights (fun k : Fin 4 => Fin (![2, 2, 2, 2] k)) ℚ
  | 0 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 2 => (!![3, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Three layers of width 2, each of rank one; the stronger mode of two is learned. All pairs of
layers are tight: a saddle that is not strict, and not the origin. -/
theorem isFlatSaddleExample_flatOne : flatOne.IsFlatSaddleExample flatOneBetter :=
  isFlatSaddleExample (r := 1) (by decide) (by decide) (by decide +kernel) (by decide +kernel)
    (X' := (1 : Matrix (Fin 2) (Fin 2) ℚ)) (by decide +kernel)
    (P := (!![1/3, 0] : Matrix (Fin 1) (Fin 2) ℚ)) (Q := (!![1; 0] : Matrix (Fin 2) (Fin 1) ℚ))
    (by decide +kernel) (by decide +kernel) (x := [[1, 0], [0, 1]]) (y := [[3, 0], [0, 1]])
    (by decide +kernel) (by decide +kernel)
    (b := ⟨[[3, 0], [0, 1]], 1, [[1, 0], [0, 1]], [8, 0], [[1, 0], [0, 1]], [0, 0]⟩)
    (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- Three layers of the widths 2, 2, 1, 2, at the origin. -/
def flatOrigin : NetworkInstance where
  depth := 3
  widths := ![2, 2, 1, 2]
  samples := 2
  weights
    | 0 => (!![0, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![0, 0] : Matrix (Fin 1) (Fin 2) ℚ)
    | 2 => (!![0; 0] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![1, 1; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![2, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss. -/
def flatOriginBetter : Weights (fun k : Fin 4 => Fin (![2, 2, 1, 2] k)) ℚ
  | 0 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![1, 0] : Matrix (Fin 1) (Fin 2) ℚ)
  | 2 => (!![1/2; 0] : Matrix (Fin 2) (Fin 1) ℚ)

/-- Three layers of the widths 2, 2, 1, 2: the origin is a saddle that is not strict. -/
theorem isFlatSaddleExample_flatOrigin : flatOrigin.IsFlatSaddleExample flatOriginBetter :=
  isFlatSaddleExample (r := 0) (by decide) (by decide) (by decide +kernel) (by decide +kernel)
    (X' := (!![1, -1; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)) (by decide +kernel)
    (P := (0 : Matrix (Fin 0) (Fin 2) ℚ)) (Q := (0 : Matrix (Fin 2) (Fin 0) ℚ))
    (by decide +kernel) (by decide +kernel) (x := [[1, 1], [0, 1]]) (y := [[2, 0], [0, 0]])
    (by decide +kernel) (by decide +kernel)
    (b := ⟨[[2, -2], [0, 0]], 4, [[1, 0], [0, 1]], [0, 0], [[1, 0], [0, 1]], [0, 4]⟩)
    (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- Four layers of width 2: the stronger mode is learned, every layer has rank one. -/
def tightFour : NetworkInstance where
  depth := 4
  widths := ![2, 2, 2, 2, 2]
  samples := 2
  weights
    | 0 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 3 => (!![2, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![2, 0; 0, 2] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Weights of smaller loss. -/
def tightFourBetter : Weights (fun k : Fin 5 => Fin (![2, 2, 2, 2, 2] k)) ℚ
  | 0 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 2 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 3 => (!![2, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Four layers of width 2, each of rank one, and two singular values that are equal: a saddle that
is not strict. -/
theorem isFlatSaddleExample_tightFour : tightFour.IsFlatSaddleExample tightFourBetter :=
  isFlatSaddleExample (r := 1) (by decide) (by decide) (by decide +kernel) (by decide +kernel)
    (X' := (1 : Matrix (Fin 2) (Fin 2) ℚ)) (by decide +kernel)
    (P := (!![1/2, 0] : Matrix (Fin 1) (Fin 2) ℚ)) (Q := (!![1; 0] : Matrix (Fin 2) (Fin 1) ℚ))
    (by decide +kernel) (by decide +kernel) (x := [[1, 0], [0, 1]]) (y := [[2, 0], [0, 2]])
    (by decide +kernel) (by decide +kernel)
    (b := ⟨[[2, 0], [0, 2]], 4, [[1, 0], [0, 1]], [0, 0], [[1, 0], [0, 1]], [0, 0]⟩)
    (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- As `flatOne`, but the middle layer is the identity. -/
def strictPair : NetworkInstance where
  depth := 3
  widths := ![2, 2, 2, 2]
  samples := 2
  weights
    | 0 => (!![1, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
    | 1 => (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![3, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  X := (!![1, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![3, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- A direction of negative curvature: the first and the last layer move. -/
def strictPairDirection : Weights (fun k : Fin 4 => Fin (![2, 2, 2, 2] k)) ℚ
  | 0 => (!![0, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
  | 1 => (!![0, 0; 0, 0] : Matrix (Fin 2) (Fin 2) ℚ)
  | 2 => (!![0, 0; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)

/-- The same with the identity in the middle: the first and the last layer are not tight, and the
saddle is strict. -/
theorem isStrictSaddleExample_strictPair :
    strictPair.IsStrictSaddleExample strictPairDirection (-2) :=
  isStrictSaddleExample (by decide +kernel) (by decide +kernel) (by decide +kernel)

/-- An autoencoder of the widths 2, 1, 2 that keeps the stronger direction. -/
def encoderBest : NetworkInstance where
  depth := 2
  widths := ![2, 1, 2]
  samples := 2
  weights
    | 0 => (!![6, 8] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![3/50; 4/50] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![6, -4; 8, 3] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![6, -4; 8, 3] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 2, 1, 2: the autoencoder is the projector on the stronger principal direction. -/
theorem isAutoencoderExample_encoderBest : encoderBest.IsAutoencoderExample rfl :=
  isAutoencoderExample rfl (by decide) (by decide +kernel) (by decide +kernel)
    (X' := (!![3/50, 4/50; -8/50, 6/50] : Matrix (Fin 2) (Fin 2) ℚ)) (by decide +kernel)

/-- An autoencoder of the widths 2, 1, 2 that keeps the weaker direction. -/
def encoderOther : NetworkInstance where
  depth := 2
  widths := ![2, 1, 2]
  samples := 2
  weights
    | 0 => (!![-4/5, 3/5] : Matrix (Fin 1) (Fin 2) ℚ)
    | 1 => (!![-4/5; 3/5] : Matrix (Fin 2) (Fin 1) ℚ)
  X := (!![6, -4; 8, 3] : Matrix (Fin 2) (Fin 2) ℚ)
  Y := (!![6, -4; 8, 3] : Matrix (Fin 2) (Fin 2) ℚ)

/-- Widths 2, 1, 2: the autoencoder is the projector on the weaker principal direction, critical and
no minimum. -/
theorem isAutoencoderExample_encoderOther : encoderOther.IsAutoencoderExample rfl :=
  isAutoencoderExample rfl (by decide) (by decide +kernel) (by decide +kernel)
    (X' := (!![3/50, 4/50; -8/50, 6/50] : Matrix (Fin 2) (Fin 2) ℚ)) (by decide +kernel)

/-- A deep autoencoder of the widths 3, 2, 2, 3, more samples than inputs. -/
def encoderDeep : NetworkInstance where
  depth := 3
  widths := ![3, 2, 2, 3]
  samples := 4
  weights
    | 0 => (!![1, 0, 0; 0, 1, 0] : Matrix (Fin 2) (Fin 3) ℚ)
    | 1 => (!![1, 1; 0, 1] : Matrix (Fin 2) (Fin 2) ℚ)
    | 2 => (!![1, -1; 0, 1; 0, 0] : Matrix (Fin 3) (Fin 2) ℚ)
  X := (!![2, 2, 0, 0; 1, -1, 0, 0; 0, 0, 1, 0] : Matrix (Fin 3) (Fin 4) ℚ)
  Y := (!![2, 2, 0, 0; 1, -1, 0, 0; 0, 0, 1, 0] : Matrix (Fin 3) (Fin 4) ℚ)

/-- Widths 3, 2, 2, 3: the autoencoder is the projector on two principal directions. -/
theorem isAutoencoderExample_encoderDeep : encoderDeep.IsAutoencoderExample rfl :=
  isAutoencoderExample rfl (by decide) (by decide +kernel) (by decide +kernel)
    (X' := (!![1/4, 1/2, 0; 1/4, -1/2, 0; 0, 0, 1; 0, 0, 0] : Matrix (Fin 4) (Fin 3) ℚ))
    (by decide +kernel)

end DeepLinear.NetworkInstance
