/** The package ships no types of its own. */
declare module "asl-validator" {
  interface Found {
    "Error code": string;
    Message?: string;
    path?: string;
  }

  export default function validate(
    definition: unknown,
    options?: { checkArn?: boolean; checkPaths?: boolean },
  ): { isValid: boolean; errors: Found[] };
}
