/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
import DeepLinearExamples.Basic
import DeepLinearExamples.Completion
import DeepLinearExamples.Flow
import DeepLinearExamples.Gradient
import DeepLinearExamples.Landscape
import DeepLinearExamples.Origin
import DeepLinearExamples.Population
import DeepLinearExamples.RankBounded
import DeepLinearExamples.Saddles
import DeepLinearExamples.SecondOrder
import DeepLinearExamples.SquareFullRank
import DeepLinearExamples.Training
