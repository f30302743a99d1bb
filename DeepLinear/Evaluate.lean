/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinear.Hessian
public import Mathlib.Algebra.BigOperators.Fin

/-!
# Evaluation in polynomial time

A matrix is a function of two indices, so evaluating a product of many matrices as it is defined
takes time exponential in their number: each entry asks for the entries of the factors again. Here
matrices are arrays of arrays, and products are computed once. The theorems say that the entries are
those of the definitions.

## Main definitions

* `DeepLinear.Table R m n`: an `m × n` matrix as data.
* `DeepLinear.Evaluate.endToEnd`, `loss`, `gradients`, `hessian`: the values for a network of
  tables.

## Main statements

* `DeepLinear.Evaluate.toMatrix_endToEnd`, `loss_eq`, `gradients_eq`, `hessian_eq`: they are
  the values of the definitions.
-/

@[expose] public section

open Matrix

namespace DeepLinear

/-- An `m × n` matrix as data: a vector of rows. -/
abbrev Table (R : Type*) (m n : ℕ) :=
  Vector (Vector R n) m

namespace Table

variable {R : Type*} {l m n : ℕ}

/-- The matrix whose entries are those of the table. -/
def toMatrix (A : Table R m n) : Matrix (Fin m) (Fin n) R :=
  Matrix.of fun i j => A[i][j]

lemma toMatrix_injective :
    Function.Injective (toMatrix : Table R m n → Matrix (Fin m) (Fin n) R) := by
  intro A B h
  ext i hi j hj
  exact congrFun (congrFun h ⟨i, hi⟩) ⟨j, hj⟩

/-- The table with the given entries. -/
def ofFn (f : Fin m → Fin n → R) : Table R m n :=
  Vector.ofFn fun i => Vector.ofFn fun j => f i j

/-- The table of a matrix. -/
def ofMatrix (A : Matrix (Fin m) (Fin n) R) : Table R m n :=
  ofFn fun i j => A i j

@[simp]
lemma toMatrix_ofFn (f : Fin m → Fin n → R) : (ofFn f).toMatrix = Matrix.of f := by
  ext i j
  simp [toMatrix, ofFn]

@[simp]
lemma getElem_ofFn (f : Fin m → Fin n → R) (i : Fin m) (j : Fin n) :
    (ofFn f)[(i : ℕ)][(j : ℕ)] = f i j := by
  simp [ofFn]

@[simp]
lemma toMatrix_ofMatrix (A : Matrix (Fin m) (Fin n) R) : (ofMatrix A).toMatrix = A := by
  rw [ofMatrix, toMatrix_ofFn]
  rfl

/-- The transpose. -/
def transpose (A : Table R m n) : Table R n m :=
  ofFn fun i j => A[j][i]

@[simp]
lemma toMatrix_transpose (A : Table R m n) : A.transpose.toMatrix = A.toMatrixᵀ := by
  ext i j
  simp [transpose, toMatrix]

/-- The sum. -/
def add [Add R] (A B : Table R m n) : Table R m n :=
  Vector.zipWith (Vector.zipWith (· + ·)) A B

/-- The difference. -/
def sub [Sub R] (A B : Table R m n) : Table R m n :=
  Vector.zipWith (Vector.zipWith (· - ·)) A B

@[simp]
lemma toMatrix_add [Add R] (A B : Table R m n) : (A.add B).toMatrix = A.toMatrix + B.toMatrix := by
  ext i j
  simp [add, toMatrix]

@[simp]
lemma toMatrix_sub [Sub R] (A B : Table R m n) : (A.sub B).toMatrix = A.toMatrix - B.toMatrix := by
  ext i j
  simp [sub, toMatrix]

/-- The inner product of two vectors. -/
def dot [Mul R] [Add R] [Zero R] (a b : Vector R n) : R :=
  (Vector.zipWith (· * ·) a b).toList.sum

/-- The product: rows of the first with columns of the second. -/
def mul [Mul R] [Add R] [Zero R] (A : Table R l m) (B : Table R m n) : Table R l n :=
  let columns := B.transpose
  A.map fun a => columns.map fun b => dot a b

/-- The inner product `tr (A Bᵀ)`. -/
def inner [Mul R] [Add R] [Zero R] (A B : Table R m n) : R :=
  (Vector.zipWith dot A B).toList.sum

variable [CommRing R]

lemma dot_eq (a b : Vector R n) : dot a b = ∑ i : Fin n, a[i] * b[i] := by
  have h : Vector.zipWith (· * ·) a b = Vector.ofFn fun i : Fin n => a[i] * b[i] := by
    ext i hi
    simp
  rw [dot, h, Vector.toList_ofFn, List.sum_ofFn]

@[simp]
lemma toMatrix_mul (A : Table R l m) (B : Table R m n) :
    (A.mul B).toMatrix = A.toMatrix * B.toMatrix := by
  ext i j
  simp [mul, dot_eq, toMatrix, Matrix.mul_apply, transpose]

lemma inner_eq (A B : Table R m n) : A.inner B = (A.toMatrix * B.toMatrixᵀ).trace := by
  have h : Vector.zipWith dot A B = Vector.ofFn fun i : Fin m => dot A[i] B[i] := by
    ext i hi
    simp
  rw [inner, h, Vector.toList_ofFn, List.sum_ofFn]
  simp [dot_eq, toMatrix, Matrix.trace, Matrix.mul_apply]

/-- The identity matrix. -/
def one (R : Type*) [CommRing R] (n : ℕ) : Table R n n :=
  ofFn fun i j => if i = j then 1 else 0

@[simp]
lemma toMatrix_one : (one R n).toMatrix = 1 := by
  ext i j
  simp [one, Matrix.one_apply]

/-- The zero matrix. -/
def zero (R : Type*) [CommRing R] (m n : ℕ) : Table R m n :=
  ofFn fun _ _ => 0

@[simp]
lemma toMatrix_zero : (zero R m n).toMatrix = 0 := by
  ext i j
  simp [zero]

end Table

namespace Evaluate

variable {R : Type*} [CommRing R] {H s : ℕ} {d : Fin (H + 1) → ℕ}

/-- Weights as tables. -/
abbrev Tables (R : Type*) (d : Fin (H + 1) → ℕ) :=
  ∀ k : Fin H, Table R (d k.succ) (d k.castSucc)

/-- The weights whose entries are those of the tables. -/
def toWeights (W : Tables R d) : Weights (fun k => Fin (d k)) R :=
  fun k => (W k).toMatrix

variable (W U V : Tables R d)

/-- The head of layer `k`. -/
def head : ∀ k, Table R (d k) (d 0) :=
  Fin.induction (Table.one R _) fun k S => (W k).mul S

/-- The end-to-end matrix. -/
def endToEnd : Table R (d (Fin.last H)) (d 0) :=
  head W (Fin.last H)

/-- The outputs of layer `k` on the samples `X`, and their derivatives in the directions `U`, `V`,
and both. -/
def jet (X : Table R (d 0) s) :
    ∀ k, Table R (d k) s × Table R (d k) s × Table R (d k) s × Table R (d k) s :=
  Fin.induction (X, Table.zero R _ _, Table.zero R _ _, Table.zero R _ _)
    fun k S => ((W k).mul S.1, ((U k).mul S.1).add ((W k).mul S.2.1),
      ((V k).mul S.1).add ((W k).mul S.2.2.1),
      (((V k).mul S.2.1).add ((U k).mul S.2.2.1)).add ((W k).mul S.2.2.2))

lemma toMatrix_head (k : Fin (H + 1)) : (head W k).toMatrix = DeepLinear.head (toWeights W) k := by
  induction k using Fin.induction with
  | zero => exact Table.toMatrix_one
  | succ k ih =>
    rw [DeepLinear.head_succ, ← ih]
    exact Table.toMatrix_mul _ _

/-- The evaluated end-to-end matrix is the end-to-end matrix. -/
theorem toMatrix_endToEnd : (endToEnd W).toMatrix = DeepLinear.endToEnd (toWeights W) :=
  toMatrix_head W _

variable (X : Table R (d 0) s) (Y : Table R (d (Fin.last H)) s)

lemma toMatrix_jet (k : Fin (H + 1)) :
    (jet W U V X k).1.toMatrix = DeepLinear.head (toWeights W) k * X.toMatrix ∧
      (jet W U V X k).2.1.toMatrix = headDeriv (toWeights W) (toWeights U) k * X.toMatrix ∧
      (jet W U V X k).2.2.1.toMatrix = headDeriv (toWeights W) (toWeights V) k * X.toMatrix ∧
      (jet W U V X k).2.2.2.toMatrix =
        headDeriv₂ (toWeights W) (toWeights U) (toWeights V) k * X.toMatrix := by
  induction k using Fin.induction with
  | zero =>
    refine ⟨(Matrix.one_mul _).symm, ?_, ?_, ?_⟩ <;>
      exact Table.toMatrix_zero.trans (Matrix.zero_mul _).symm
  | succ k ih =>
    obtain ⟨h1, h2, h3, h4⟩ := ih
    have hjet : jet W U V X k.succ = _ := Fin.induction_succ _ _ _
    simp only [hjet, DeepLinear.head_succ, headDeriv_succ, headDeriv₂_succ, Matrix.add_mul,
      Matrix.mul_assoc, ← h1, ← h2, ← h3, ← h4]
    refine ⟨?_, ?_, ?_, ?_⟩ <;> simp [toWeights, jet]

/-- Backpropagation, from layer `k` with its head `S` to the output and back: the product of the
tails with the derivative in the end-to-end matrix, and `f` of the gradients of the layers from `k`
on. Each layer takes three products. -/
def backward {β : Type*} (f : ∀ k : Fin H, Table R (d k.succ) (d k.castSucc) → β) :
    ∀ k : Fin (H + 1), Table R (d k) (d 0) → Table R (d k) (d 0) × List β :=
  Fin.reverseInduction (fun S => (((S.mul X).sub Y).mul X.transpose, []))
    fun k next S =>
      let above := next ((W k).mul S)
      ((W k).transpose.mul above.1, f k (above.1.mul S.transpose) :: above.2)

/-- What `f` says of the gradient of the dataset loss in each layer, the first layer first. -/
def gradients {β : Type*} (f : ∀ k : Fin H, Table R (d k.succ) (d k.castSucc) → β) : List β :=
  (backward W X Y f 0 (Table.one R _)).2

lemma backward_castSucc {β : Type*} (f : ∀ k : Fin H, Table R (d k.succ) (d k.castSucc) → β)
    (k : Fin H) (S : Table R (d k.castSucc) (d 0)) :
    backward W X Y f k.castSucc S =
      ((W k).transpose.mul (backward W X Y f k.succ ((W k).mul S)).1,
        f k ((backward W X Y f k.succ ((W k).mul S)).1.mul S.transpose) ::
          (backward W X Y f k.succ ((W k).mul S)).2) := by
  rw [backward, Fin.reverseInduction_castSucc]
  rfl

/-- The layers from `k` on are `k` and those above it. -/
lemma drop_finRange (k : Fin H) :
    (List.finRange H).drop k.castSucc = k :: (List.finRange H).drop k.succ := by
  rw [List.drop_eq_getElem_cons (by simp)]
  simp

lemma backward_eq {β : Type*} (f : ∀ k : Fin H, Table R (d k.succ) (d k.castSucc) → β)
    (k : Fin (H + 1)) (S : Table R (d k) (d 0))
    (hS : S.toMatrix = DeepLinear.head (toWeights W) k) :
    (backward W X Y f k S).1.toMatrix = (DeepLinear.tail (toWeights W) k)ᵀ *
        ((DeepLinear.endToEnd (toWeights W) * X.toMatrix - Y.toMatrix) * X.toMatrixᵀ) ∧
      (backward W X Y f k S).2 = ((List.finRange H).drop k).map fun j =>
        f j (Table.ofMatrix (datasetGradient (toWeights W) X.toMatrix Y.toMatrix j)) := by
  induction k using Fin.reverseInduction with
  | last =>
    rw [backward, Fin.reverseInduction_last]
    refine ⟨?_, by simp⟩
    simp [hS]
  | cast k ih =>
    have hS' : ((W k).mul S).toMatrix = DeepLinear.head (toWeights W) k.succ := by
      rw [Table.toMatrix_mul, hS, DeepLinear.head_succ]
      rfl
    obtain ⟨h1, h2⟩ := ih _ hS'
    rw [backward_castSucc]
    refine ⟨?_, ?_⟩
    · rw [Table.toMatrix_mul, h1, DeepLinear.tail_castSucc, Matrix.transpose_mul, Matrix.mul_assoc,
        Table.toMatrix_transpose]
      rfl
    · have hgrad : (backward W X Y f k.succ ((W k).mul S)).1.mul S.transpose = Table.ofMatrix
          (datasetGradient (toWeights W) X.toMatrix Y.toMatrix k) := ?_
      · rw [drop_finRange, List.map_cons, ← h2, ← hgrad]
      refine Table.toMatrix_injective ?_
      rw [Table.toMatrix_mul, h1, Table.toMatrix_transpose, hS, Table.toMatrix_ofMatrix]
      rfl

/-- The evaluated gradients are the gradients. -/
theorem gradients_eq {β : Type*} (f : ∀ k : Fin H, Table R (d k.succ) (d k.castSucc) → β) :
    gradients W X Y f = (List.finRange H).map fun k =>
      f k (Table.ofMatrix (datasetGradient (toWeights W) X.toMatrix Y.toMatrix k)) := by
  rw [gradients, (backward_eq W X Y f 0 _ Table.toMatrix_one).2]
  simp

/-- The second derivative of the dataset loss in the directions `U` and `V`. -/
def hessian : R :=
  let J := jet W U V X (Fin.last H)
  J.2.1.inner J.2.2.1 + (J.1.sub Y).inner J.2.2.2

/-- The evaluated second derivative is the second derivative. -/
theorem hessian_eq :
    hessian W U V X Y = datasetHessian (toWeights W) X.toMatrix Y.toMatrix
      (toWeights U) (toWeights V) := by
  obtain ⟨h1, h2, h3, h4⟩ := toMatrix_jet W U V X (Fin.last H)
  simp only [hessian, Table.inner_eq, Table.toMatrix_sub, h1, h2, h3, h4]
  rfl

end Evaluate

/-- The dataset loss of the predictor `A`, from tables. -/
def Evaluate.loss {𝕜 : Type*} [Field 𝕜] {m n s : ℕ} (X : Table 𝕜 n s) (Y : Table 𝕜 m s)
    (A : Table 𝕜 m n) : 𝕜 :=
  let E := Y.sub (A.mul X)
  E.inner E / 2

/-- The evaluated loss is the loss. -/
theorem Evaluate.loss_eq {𝕜 : Type*} [Field 𝕜] {m n s : ℕ} (X : Table 𝕜 n s) (Y : Table 𝕜 m s)
    (A : Table 𝕜 m n) :
    Evaluate.loss X Y A = datasetLoss X.toMatrix Y.toMatrix A.toMatrix := by
  simp only [Evaluate.loss, Table.inner_eq, Table.toMatrix_sub, Table.toMatrix_mul, datasetLoss]

end DeepLinear
