// The sample pictures of a run, eight per epoch, as the reference names them.

/** In the reference's order: translations of a picture of A, then of one of B. */
export const sampleLabels = ["real_A", "fake_B", "rec_A", "idt_B", "real_B", "fake_A", "rec_B", "idt_A"] as const;

export type SampleLabel = (typeof sampleLabels)[number];

/** A caption for each, beside the picture that it was translated from. */
export const sampleCaptions: Readonly<Record<SampleLabel, string>> = {
  real_A: "original",
  fake_B: "translated to B",
  rec_A: "and back to A",
  idt_B: "identity",
  real_B: "original",
  fake_A: "translated to A",
  rec_B: "and back to B",
  idt_A: "identity",
};
