/**
 * Opens something that listens.
 *
 * @throws Error with a sentence for the person at the terminal when the port cannot be had
 */
export async function listening<T>(port: number, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new Error(
        `Port ${port} is taken by another program. End it, or choose another one with --port: ` +
          "AWS APIs are on that port, the HTTP API is one above and the CDN three.",
        { cause: error },
      );
    }
    if (code === "EACCES") {
      throw new Error(`This user may not open port ${port}. Choose one above 1023 with --port.`, {
        cause: error,
      });
    }
    throw error;
  }
}
