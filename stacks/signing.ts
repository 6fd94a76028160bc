import { createHash } from "node:crypto";
import { named, production } from "./stage.ts";

/** EC P-256; README.md has the commands that make the pair. Grants are signed with this one. */
const signingKey = new sst.Secret("SigningKey");

const publicKey = new sst.Secret("SigningPublicKey");

/**
 * A second key that viewers may hold grants of: the next one before a rotation, the last one
 * after it. A key is known by its own fingerprint, so changing places keeps its id at CloudFront.
 */
const otherPublicKey = new sst.Secret("SigningPublicKeyOther", "");

const keyPair = publicKey.value.apply((pem) => trusted(pem));
const otherKeyPair = otherPublicKey.value.apply((pem) => (pem ? trusted(pem) : undefined));

/** Who can sign for `/videos/*`. */
export const signers = new aws.cloudfront.KeyGroup("Signers", {
  name: named("Signers"),
  items: $resolve([keyPair.id, otherKeyPair.apply((key) => key?.id)]).apply((ids) =>
    ids.filter((id) => id !== undefined),
  ),
});

const secret = new aws.secretsmanager.Secret("SigningSecret", {
  name: named("SigningSecret"),
  description: "Signs grants: {keyPairId, privateKeyPem, other?: {keyPairId, publicKeyPem}}",
  recoveryWindowInDays: production ? 30 : 0,
});

// after the key group: nobody signs with a key that CloudFront has not been told of
new aws.secretsmanager.SecretVersion(
  "SigningSecretValue",
  {
    secretId: secret.id,
    secretString: $jsonStringify({
      keyPairId: keyPair.id,
      privateKeyPem: signingKey.value,
      // grants of the other key are still shown their playlists while it is trusted
      other: otherKeyPair.apply(
        (key) => key && { keyPairId: key.id, publicKeyPem: otherPublicKey.value },
      ),
    }),
  },
  { dependsOn: [signers] },
);

export const signer = new sst.Linkable("Signer", { properties: { secretArn: secret.arn } });

export const readSigningKey = {
  actions: ["secretsmanager:GetSecretValue"],
  resources: [secret.arn],
};

function trusted(pem: string) {
  // no name of ours: while a key is replaced, both exist
  return new aws.cloudfront.PublicKey(`SigningKey${fingerprint(pem)}`, {
    encodedKey: `${pem.trim()}\n`,
  });
}

function fingerprint(pem: string): string {
  return createHash("sha256").update(pem.trim()).digest("hex").slice(0, 8);
}
