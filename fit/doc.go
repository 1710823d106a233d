// Package fit goes from a table of numbers to the formula behind it.
//
// Run splits the rows into a training and a held-out part and works through a
// list of stages over one shared state, cheap and exact hypotheses first:
//
//  1. a constant and straight lines, the yardsticks;
//  2. power laws, and products of powers and exponentials, from one linear
//     regression of log|y|;
//  3. sparse polynomials, Laurent polynomials and combinations of functions under
//     output transforms (y^2, 1/y, log y, ...), and relations P+Q*t = 0 and
//     P+Q*t+R*t^2 = 0 between the transformed target t and combinations of such
//     features, from null spaces: quotients, and roots next to something else;
//  4. formulas of one variable, where there is only one;
//  5. formulas looked up by their values, for targets of seven digits or more
//     and without noise: two of a large set of expressions, or two with a short
//     third one taken off, make up the target. Tried again with a larger
//     set after symmetries;
//  6. the problem without the inputs that by themselves do nothing visible to
//     the target, by analysis of variance;
//  7. short formulas enumerated, one or two of which explain the target under
//     an output transform (package search), and, where networks fit badly,
//     formulas of several inputs through which alone these act on the target.
//     With noise the values of a network trained on all rows stand in for the
//     target here, and stage 3 is repeated with them: a network is several times
//     nearer to the law than the rows are, which says how far two of them
//     disagree. Quotients of combinations, of inputs or of a function of one of
//     them, are then fitted to the rows and shortened by the certainty of their
//     coefficients;
//  8. symmetries read off the gradients of networks of all inputs: scalings
//     (sum of a_i*x_i*f_i = p*f, one for every independent unit of a law of
//     physics) and translations. Each removes an input, whose place others take
//     as x1/x2 or x1-x2, computed exactly from the data; the smaller problem
//     runs through the stages by itself, and its formulas are lifted back. It is
//     given up where networks fit it far worse than the problem it came from.
//     With noise gradients only suggest symmetries, and those are kept with
//     which a network predicts unseen rows as well as without. Where dense
//     networks are poor, and with noise, a tree is grown for this: from a flat
//     network, by joining two branches of a node or adding a product, every
//     network starting as the one before it;
//  9. parts: a sum or product of functions of groups of inputs, or an interaction
//     of rank one or two, a(A)+b(A)*h(B) or a(A)+b(A)*g(B)+c(A)*h(B) of groups A
//     and B of inputs, read off the leading singular vector of a network's values
//     over levels of B; each part is solved by itself from the values of a network;
//  10. networks of one layer of curves, additive and multiplicative, whose curves
//     are named;
//  11. merges of two inputs tried out one by one, where gradients say nothing,
//     and y = m(x)*F(z) for monomials m and z by the smoothness of y/m along z;
//  12. sums and products of two flat networks, and the grown tree, whose curves
//     are named; a dense network with pruning;
//  13. long formulas that only approximate the target, and mutations of the best
//     formulas so far, for tables without a short law;
//  14. polishing: constants refitted on all training rows, snapped where an
//     exact number explains them, needless terms dropped, formulas simplified.
//
// The search ends when a formula is exact, when what the best one leaves is no more
// than the rounding of the numbers in the file, or when no network predicts it, so
// that it can only be noise. A formula that is exact on all rows but a few ends it
// too: those rows are named and left out.
//
// A stage reads the state and offers candidate formulas. Every candidate is
// refitted on the raw data, so no error of a network survives in an answer, and
// judged also on rows that no fit saw. All candidates go to one Pareto front of
// error against size, and the answer is the one of least description length
// (Rissanen 1978; for formulas Udrescu et al., AI Feynman 2.0, 2020, section 2).
//
// CheckSymmetry and CheckSeparability put the questions of the search to one
// trained network: how near it is to each symmetry and each split into parts, and
// whether its own error allows to tell.
//
// Work is cut into tasks that run side by side but are taken in in order, and
// an exact formula ends the tasks after it and never those before it, so the
// same seed gives the same answer for any number of threads.
package fit
