/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
module

public import DeepLinearExamples.Basic
public import DeepLinearExamples.Completion
public import DeepLinearExamples.Flow
public import DeepLinearExamples.Gradient
public import DeepLinearExamples.Landscape
public import DeepLinearExamples.Origin
public import DeepLinearExamples.Population
public import DeepLinearExamples.RankBounded
public import DeepLinearExamples.Saddles
public import DeepLinearExamples.SecondOrder
public import DeepLinearExamples.SquareFullRank
public import DeepLinearExamples.Training
