/** A step of the filter graph; what flows out goes to children and to named pads. */
export interface Step {
  filters: string[];
  children: Step[];
  /** pads that encoders read, such as `v0` */
  pads: string[];
}

export function step(...filters: string[]): Step {
  return { filters, children: [], pads: [] };
}

/** Finds the child with these filters, or grows one: equal work is done once. */
export function grow(parent: Step, ...filters: string[]): Step {
  if (filters.length === 0) return parent;
  const known = parent.children.find((child) => child.filters.join() === filters.join());
  if (known) return known;
  const child = step(...filters);
  parent.children.push(child);
  return child;
}

/**
 * Writes a tree of steps as ffmpeg's filter graph, with a split wherever more than one reads.
 *
 * @param source the pad the tree starts from, such as `0:1`, or undefined when its first filter is a source
 */
export function write(
  root: Step,
  source: string | undefined,
  kind: "video" | "audio",
  prefix: string,
): string[] {
  const chains: string[] = [];
  let count = 0;
  const visit = (node: Step, input: string | undefined) => {
    const readers: Array<{ pad: string; child?: Step }> = [
      ...node.pads.map((pad) => ({ pad })),
      ...node.children.map((child) => {
        count += 1;
        return { pad: `${prefix}${count}`, child };
      }),
    ];
    if (readers.length === 0) return;
    const filters = [...node.filters];
    if (readers.length > 1) filters.push(`${kind === "video" ? "" : "a"}split=${readers.length}`);
    if (filters.length === 0) filters.push(kind === "video" ? "null" : "anull");
    const outputs = readers.map(({ pad }) => `[${pad}]`).join("");
    chains.push(`${input ? `[${input}]` : ""}${filters.join(",")}${outputs}`);
    for (const { pad, child } of readers) if (child) visit(child, pad);
  };
  visit(root, source);
  return chains;
}
