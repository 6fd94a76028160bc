// Made by `npm run openapi` from packages/client/openapi.gen.json. Edit the routes, not this file.

export interface paths {
    "/budgets/{owner}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows an owner's budget */
        get: operations["showBudget"];
        /**
         * Sets an owner's budget
         * @description For operators.
         */
        put: operations["setBudget"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Adds up what an owner's films cost in a month */
        get: operations["showCosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/costs/reserved": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Says whether reserved slots would have been cheaper */
        get: operations["compareReserved"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/estimates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what a film would cost, before anything runs */
        post: operations["estimate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells who the token says you are */
        get: operations["showMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the encoding profiles a film may have */
        get: operations["listProfiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Tells where people of this stage sign in
         * @description For clients that know the API's address alone. It may be kept for some minutes.
         */
        get: operations["showSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists films, newest first
         * @description A page may be short, even empty, and yet not be the last: go on while there is a nextCursor.
         */
        get: operations["listVideos"];
        put?: never;
        /** Opens a film, and says where its file goes */
        post: operations["openVideo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a film */
        get: operations["showVideo"];
        put?: never;
        post?: never;
        /**
         * Deletes a film with everything that belongs to it
         * @description Nobody sees it any more at once; its files go within minutes.
         */
        delete: operations["deleteVideo"];
        options?: never;
        head?: never;
        /** Changes what people say about a film, and who may watch it */
        patch: operations["changeVideo"];
        trace?: never;
    };
    "/videos/{id}/attempts/{attempt}/playlists/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Gives a playlist whose every line carries the grant
         * @description For players that cannot send cookies. A grant has its address. A name that ends in .mpd is answered as application/dash+xml.
         */
        get: operations["readPlaylist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stops what is being made
         * @description What can be watched stays.
         */
        post: operations["cancelVideo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/execution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows what the state machine did for an attempt
         * @description For operators.
         */
        get: operations["showExecution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Permits watching a film for a while
         * @description A public film needs no token.
         */
        post: operations["grantVideo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/reprocess": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a film anew from the source it has, with another profile or other options */
        post: operations["reprocessVideo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries a film again that failed or was cancelled */
        post: operations["retryVideo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/source": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Makes a film anew from another file
         * @description What can be watched now stays until the new attempt is READY.
         */
        put: operations["replaceSource"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tells what happened to a film, oldest first */
        get: operations["readTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/uploads/{uploadId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows an upload, with the parts that have arrived */
        get: operations["showUpload"];
        put?: never;
        post?: never;
        /** Gives an upload up */
        delete: operations["abortUpload"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/uploads/{uploadId}/addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives addresses to send parts to
         * @description Each takes one part of exactly its size, once or again, until it expires.
         */
        post: operations["addressParts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/videos/{id}/uploads/{uploadId}/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says that every part was sent */
        post: operations["completeUpload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists your webhooks */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Opens a webhook for your films
         * @description Signed as Standard Webhooks, retried for a day.
         */
        post: operations["openWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows a webhook */
        get: operations["showWebhook"];
        put?: never;
        post?: never;
        /** Deletes a webhook */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /** Changes a webhook */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists what was sent to a webhook, newest first */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a delivery again */
        post: operations["replayDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a webhook a new secret
         * @description For a day deliveries are signed with both.
         */
        post: operations["rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a webhook something to try it */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Addresses: {
            parts?: {
                url: string;
                /** @description to be sent exactly so */
                headers: {
                    [key: string]: string;
                };
                /** Format: date-time */
                expiresAt: string;
                number: number;
                sizeBytes: number;
            }[];
            put?: components["schemas"]["Put"];
        };
        Budget: {
            owner: string;
            /** @description Absent: no limit. */
            monthlyUsd?: number;
            /** @enum {string} */
            over: "wait" | "refuse";
        };
        BudgetWish: {
            /** @description null: no limit. */
            monthlyUsd: number | null;
            /**
             * @description What happens to a film beyond; the stage's own way when absent.
             * @enum {string}
             */
            over?: "wait" | "refuse";
        };
        /** @description Reserved slots against paying by the minute. */
        Comparison: {
            owner: string;
            month: string;
            onDemandUsd: number;
            reservedUsd: number;
            /** @enum {string} */
            cheaper: "on-demand" | "reserved";
            /** @description Minutes of film that were encoded in the month. */
            filmMinutes: number;
            /** @description Reserved slots that so much would need. */
            slots: number;
            /** @description From so many minutes of film a month one slot is cheaper; null: never. */
            turnsAtFilmMinutes: number | null;
            commitmentMonths: number;
            /** @enum {string} */
            confidence: "unknown" | "low" | "medium" | "high";
            notes: string[];
        };
        CostOfVideo: {
            attempt: number;
            /** @description US dollars */
            estimatedUsd: number;
            /** @description absent until the job is over */
            countedUsd?: number;
            /** @description output minutes as they are billed, by rate key such as B-AVC-HD-S-30 */
            minutes?: {
                [key: string]: number;
            };
            /** @description what a minute cost under each key when this was estimated */
            rates: {
                [key: string]: number;
            };
            /** @description keys that nobody knew a price of: the amounts are without them */
            unpriced?: string[];
            /**
             * @description The least of the encoding's prices.
             * @enum {string}
             */
            confidence: "unknown" | "low" | "medium" | "high";
            /**
             * @description date of the prices
             * @example 2026-11-01
             */
            asOf: string;
        };
        Deliveries: {
            items: components["schemas"]["Delivery"][];
            /** @description absent on the last page */
            nextCursor?: string;
        };
        Delivery: {
            /** @example dlv_01JD9H7M9N2P4Q6R8S0T1V3W5X */
            id: string;
            /**
             * @example video.ready
             * @example video.failed
             * @example video.canceled
             * @example webhook.test
             */
            event: string;
            /** @enum {string} */
            state: "waiting" | "delivered" | "failed";
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            at: string;
            tries: {
                /**
                 * Format: date-time
                 * @example 2026-11-22T15:04:05.000Z
                 */
                at: string;
                status?: number;
                problem?: string;
            }[];
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            nextTryAt?: string;
        };
        /** @description US dollars, before anything runs; null where nobody knows the price. */
        Estimate: {
            /** @constant */
            currency: "USD";
            totalUsd: number | null;
            encoding: {
                usd: number | null;
                lines: {
                    output: string;
                    /** @enum {string} */
                    kind: "video" | "audio" | "pictures";
                    minutes: number;
                    /** @description The key it is billed under, such as P-AVC-HD-SHQ-30. */
                    rate: string;
                    usdPerMinute: number | null;
                    usd: number | null;
                    /** @enum {string} */
                    confidence: "unknown" | "low" | "medium" | "high";
                }[];
            };
            orchestration: {
                usd: number;
                lines: {
                    what: string;
                    count: number;
                    unit: string;
                    usd: number;
                    /** @enum {string} */
                    confidence: "unknown" | "low" | "medium" | "high";
                }[];
            };
            storage: {
                usd: number;
                bytes: number;
                /** @constant */
                months: 1;
            };
            /**
             * @description The least of the encoding's prices.
             * @enum {string}
             */
            confidence: "unknown" | "low" | "medium" | "high";
            /** @description Date of the oldest price of the encoding. */
            asOf: string;
            notes: string[];
        };
        /** @description A source as it would be, or a film's own. */
        EstimateWish: {
            /** @enum {string} */
            profile?: "standard" | "economy" | "4k" | "audio";
            options?: {
                /** @description One file to download; made unless this is false. */
                download?: boolean;
                /** @description Pictures along the film; made unless this is false. The poster is always made. */
                thumbnails?: boolean;
                /** @description Which moment the poster shows, to the millisecond; one past the end means the film's last. Chosen by the film's length when absent. */
                posterAtSeconds?: number;
            };
            source: {
                durationSeconds: number;
                width?: number;
                height?: number;
                /** @description 30 when it has a picture. */
                frameRate?: number;
                /** @description Whether it has sound; it has unless this is false. */
                audio?: boolean;
            };
        } | {
            /** @enum {string} */
            profile?: "standard" | "economy" | "4k" | "audio";
            options?: {
                /** @description One file to download; made unless this is false. */
                download?: boolean;
                /** @description Pictures along the film; made unless this is false. The poster is always made. */
                thumbnails?: boolean;
                /** @description Which moment the poster shows, to the millisecond; one past the end means the film's last. Chosen by the film's length when absent. */
                posterAtSeconds?: number;
            };
            videoId: string;
        };
        /** @description Task tokens are redacted wherever they stand. */
        Execution: {
            attempt: number;
            name: string;
            /** @example RUNNING */
            status: string;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            startedAt: string;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            stoppedAt?: string;
            input?: unknown;
            output?: unknown;
            error?: string;
            cause?: string;
            /** @description in the order in which they were entered */
            states: components["schemas"]["ExecutionState"][];
            history: {
                id: number;
                /**
                 * Format: date-time
                 * @example 2026-11-22T15:04:05.000Z
                 */
                at: string;
                type: string;
                previousId?: number;
                about?: unknown;
            }[];
            /** @description false: the history is longer than what is shown */
            isWhole: boolean;
        };
        ExecutionState: {
            /** @example Encode */
            name: string;
            /** @example Task */
            type: string;
            /** @enum {string} */
            status: "running" | "succeeded" | "failed";
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            enteredAt: string;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            exitedAt?: string;
            retries: number;
            input?: unknown;
            output?: unknown;
            error?: string;
            cause?: string;
        };
        /** @description Sizes are as people see them: rotated, with square pixels. */
        Found: {
            container: string;
            durationSeconds: number;
            sizeBytes: number;
            video?: {
                codec: string;
                width: number;
                height: number;
                frameRate: components["schemas"]["FrameRate"];
                rotation: number;
                interlaced: boolean;
                highDynamicRange: boolean;
            };
            audio?: {
                codec: string;
                channels: number;
                tracks: number;
                language?: string;
            };
        };
        /** @description A fraction, such as 30000/1001 pictures a second. */
        FrameRate: {
            numerator: number;
            denominator: number;
        };
        /** @description It is a secret: whoever has one of its addresses or cookies may watch all of the film. */
        Grant: {
            /** @example vid_01JD9GZ3W8M5V7Q2X4R6T8Y0AB */
            videoId: string;
            attempt: number;
            title: string;
            durationSeconds: number;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            expiresAt: string;
            /** @description the same that Set-Cookie sets, for callers that are no browsers */
            cookies: {
                [key: string]: string;
            };
            cookiePath: string;
            /** @description to be played with the cookies */
            hls: string;
            /** @description to be played with the cookies */
            dash: string;
            /** @description for players that cannot send cookies: every line carries the grant */
            signedHls: string;
            /** @description the same for players of DASH */
            signedDash: string;
            /**
             * Format: date-time
             * @description when those two end: not before the film could have been seen
             * @example 2026-11-22T15:04:05.000Z
             */
            signedExpiresAt: string;
            downloads: {
                url: string;
                mimeType: string;
                sizeBytes: number;
                width?: number;
                height?: number;
            }[];
            poster?: string;
            thumbnails?: {
                /** @description put a number of seven digits, from 0, for {index} */
                template: string;
                count: number;
                everySeconds: number;
                width: number;
                height: number;
            };
        };
        GrantWish: {
            /** @description as long as the film and an hour, unless said otherwise */
            lifetimeSeconds?: number;
        };
        Happening: {
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            at: string;
            /** @example READY */
            what: string;
            attempt: number;
            about?: {
                [key: string]: unknown;
            };
        };
        Making: {
            profile?: components["schemas"]["ProfileName"];
            options?: components["schemas"]["Options"];
        };
        /**
         * @example {
         *       "id": "33b596f8-5277-418d-93a1-40d64e688cf8",
         *       "groups": [
         *         "editor"
         *       ]
         *     }
         */
        Me: {
            id: string;
            groups: string[];
        };
        MonthCosts: {
            owner: string;
            month: string;
            /** @description Of jobs that came to their end. */
            totalUsd: number;
            /** @description Set aside for films under way. */
            reservedUsd: number;
            /** @description Attempts that were billed. */
            films: number;
            /** @description Billed output minutes by rate. */
            minutes: {
                [key: string]: number;
            };
            budget?: components["schemas"]["Budget"];
        };
        Nothing: Record<string, never>;
        /** @description No upload for a source that is fetched from the web. */
        Opened: {
            video: components["schemas"]["Video"];
            upload?: components["schemas"]["Upload"];
        };
        Options: {
            /** @description One file to download; made unless this is false. */
            download?: boolean;
            /** @description Pictures along the film; made unless this is false. The poster is always made. */
            thumbnails?: boolean;
            /** @description Which moment the poster shows, to the millisecond; one past the end means the film's last. Chosen by the film's length when absent. */
            posterAtSeconds?: number;
        };
        Profile: {
            /** @example standard */
            name: string;
            description: string;
            /** @description no rendition has more on its shorter side */
            maxLines: number;
        };
        /** @enum {string} */
        ProfileName: "standard" | "economy" | "4k" | "audio";
        Profiles: {
            items: components["schemas"]["Profile"][];
        };
        Published: {
            attempt: number;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            at: string;
            durationSeconds: number;
            sizeBytes: number;
            renditions: components["schemas"]["Rendition"][];
        };
        /** @description Whoever has the address may send the bytes: it is a secret. */
        Put: {
            url: string;
            /** @description to be sent exactly so */
            headers: {
                [key: string]: string;
            };
            /** Format: date-time */
            expiresAt: string;
        };
        Removing: {
            /** @example vid_01JD9GZ3W8M5V7Q2X4R6T8Y0AB */
            id: string;
        };
        Rendition: {
            /** @enum {string} */
            kind: "video" | "audio";
            /** @example avc1.640028 */
            codec: string;
            width?: number;
            height?: number;
            frameRate?: components["schemas"]["FrameRate"];
            averageKbps: number;
            peakKbps: number;
            sizeBytes: number;
        };
        Replacement: {
            /** @example holiday.mp4 */
            filename: string;
            /** @example 734003200 */
            sizeBytes: number;
            /**
             * @description media type
             * @example video/mp4
             */
            type: string;
            profile?: components["schemas"]["ProfileName"];
            options?: components["schemas"]["Options"];
        } | {
            /** @example https://example.org/holiday.mp4 */
            url: string;
            profile?: components["schemas"]["ProfileName"];
            options?: components["schemas"]["Options"];
        };
        SignIn: {
            /** @example https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1Cd2Ef3 */
            issuer: string;
            /** @description a Cognito user pool of this stage, for SRP; otherwise the team's own, with its discovery document below the issuer */
            userPool: boolean;
            /** @example 7f3k2j9q0example */
            clientId?: string;
            /** @description an access token needs one of these */
            scopes: string[];
        };
        Timeline: {
            items: components["schemas"]["Happening"][];
            /** @description absent on the last page */
            nextCursor?: string;
        };
        /** @description Codes are those of problems. */
        Trouble: {
            /** @example SourceTruncated */
            code: string;
            message: string;
            help: string;
            /** @description the same thing, tried again, may succeed */
            retry: boolean;
        };
        Upload: {
            /** @example upl_01JD9GZ3W9C1D3F5H7K9N2P4QR */
            id: string;
            /** @example vid_01JD9GZ3W8M5V7Q2X4R6T8Y0AB */
            videoId: string;
            /** @enum {string} */
            kind: "single" | "multipart";
            /** @enum {string} */
            state: "open" | "completed" | "aborted" | "expired";
            sizeBytes: number;
            type: string;
            /** @description every part but the last */
            partSizeBytes?: number;
            partCount?: number;
            /** @description the parts that are there; only where an upload is asked for by itself */
            arrived?: {
                number: number;
                sizeBytes: number;
            }[];
            /** Format: date-time */
            expiresAt: string;
            /** @description where a single upload goes */
            put?: components["schemas"]["Put"];
        };
        /** @description From ownerId on, only its owner and operators see what is there. Poll it with If-None-Match. */
        Video: {
            /** @example vid_01JD9GZ3W8M5V7Q2X4R6T8Y0AB */
            id: string;
            /** @example Holiday */
            title: string;
            description?: string;
            /**
             * @example [
             *       "family",
             *       "summer"
             *     ]
             */
            tags: string[];
            /**
             * @description public: anyone may ask for a grant
             * @enum {string}
             */
            visibility: "private" | "public";
            /**
             * @description what the caller is to it
             * @enum {string}
             */
            relation: "own" | "operator" | "shared" | "public";
            /** @enum {string} */
            status: "AWAITING_UPLOAD" | "VALIDATING" | "PENDING" | "TRANSCODING" | "READY" | "FAILED" | "CANCELED";
            /** @enum {string} */
            phase: "waiting-for-upload" | "fetching" | "looking" | "waiting-for-budget" | "queued" | "encoding" | "ready" | "failed" | "canceled";
            percent: number;
            /** @description nothing more comes by itself: it has ended, and no source is on its way */
            settled: boolean;
            /** @description the newest, counted from 1 */
            attempt: number;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            updatedAt: string;
            playable: boolean;
            published?: components["schemas"]["Published"];
            ownerId?: string;
            sharedWith?: string[];
            /** @description absent: the stage's own choice */
            profile?: string;
            options?: components["schemas"]["Options"];
            source?: components["schemas"]["Found"];
            problem?: components["schemas"]["Trouble"];
            warnings?: {
                code: number;
                count: number;
            }[];
            cost?: components["schemas"]["CostOfVideo"];
            /** @description the upload that is open */
            upload?: {
                /** @example upl_01JD9GZ3W9C1D3F5H7K9N2P4QR */
                id: string;
            };
        };
        /** @description What is left out stays as it is. */
        VideoChange: {
            /** @example Holiday */
            title?: string;
            /** @description empty: none any more */
            description?: string;
            /**
             * @example [
             *       "family",
             *       "summer"
             *     ]
             */
            tags?: string[];
            /**
             * @description public: anyone may ask for a grant
             * @enum {string}
             */
            visibility?: "private" | "public";
            sharedWith?: string[];
        };
        /** @description A file that will be sent (filename, sizeBytes, type), or a link to fetch (url). */
        VideoWish: {
            /** @example holiday.mp4 */
            filename: string;
            /** @example 734003200 */
            sizeBytes: number;
            /**
             * @description media type
             * @example video/mp4
             */
            type: string;
            /** @example Holiday */
            title?: string;
            description?: string;
            /**
             * @example [
             *       "family",
             *       "summer"
             *     ]
             */
            tags?: string[];
            /**
             * @description public: anyone may ask for a grant
             * @enum {string}
             */
            visibility?: "private" | "public";
            profile?: components["schemas"]["ProfileName"];
            options?: components["schemas"]["Options"];
        } | {
            /** @example https://example.org/holiday.mp4 */
            url: string;
            /** @example Holiday */
            title?: string;
            description?: string;
            /**
             * @example [
             *       "family",
             *       "summer"
             *     ]
             */
            tags?: string[];
            /**
             * @description public: anyone may ask for a grant
             * @enum {string}
             */
            visibility?: "private" | "public";
            profile?: components["schemas"]["ProfileName"];
            options?: components["schemas"]["Options"];
        };
        Videos: {
            items: components["schemas"]["Video"][];
            /** @description absent on the last page */
            nextCursor?: string;
        };
        WantedParts: {
            /** @description for a multipart upload; a single one has no parts */
            parts?: {
                number: number;
                /**
                 * @description CRC-32 of the part, four bytes in base64
                 * @example y/Q5Jg==
                 */
                crc32?: string;
            }[];
        };
        Webhook: {
            /** @example whk_01JD9H5A2B4C6D8E0F1G3H5J7K */
            id: string;
            /** @example https://example.org/hook */
            url: string;
            /**
             * @example [
             *       "video.ready",
             *       "video.failed",
             *       "video.canceled"
             *     ]
             */
            events: string[];
            description?: string;
            enabled: boolean;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            createdAt: string;
        };
        WebhookChange: {
            /** @example https://example.org/hook */
            url?: string;
            /** @description all, unless said */
            events?: ("video.ready" | "video.failed" | "video.canceled")[];
            description?: string;
            enabled?: boolean;
        };
        WebhookWish: {
            /** @example https://example.org/hook */
            url: string;
            /** @description all, unless said */
            events?: ("video.ready" | "video.failed" | "video.canceled")[];
            description?: string;
            enabled?: boolean;
        };
        WebhookWithSecret: {
            /** @example whk_01JD9H5A2B4C6D8E0F1G3H5J7K */
            id: string;
            /** @example https://example.org/hook */
            url: string;
            /**
             * @example [
             *       "video.ready",
             *       "video.failed",
             *       "video.canceled"
             *     ]
             */
            events: string[];
            description?: string;
            enabled: boolean;
            /**
             * Format: date-time
             * @example 2026-11-22T15:04:05.000Z
             */
            createdAt: string;
            /**
             * @description told this once
             * @example whsec_…
             */
            secret: string;
        };
        Webhooks: {
            items: components["schemas"]["Webhook"][];
        };
        Problem: {
            /** @example urn:rushes:problem:VideoNotFound */
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "AddressNotAllowed" | "BodyTooLarge" | "BodyTypeUnknown" | "CursorInvalid" | "Deleted" | "ExecutionNotFound" | "Forbidden" | "GrantInvalid" | "IdempotencyKeyReused" | "MethodNotAllowed" | "MoveForbidden" | "NotPublished" | "PlaylistNotFound" | "RequestInvalid" | "RevisionOld" | "RouteUnknown" | "ServiceBusy" | "SignInNeeded" | "SourceTooLarge" | "SourceWithoutAudio" | "TokenInvalid" | "TooManyRequests" | "TooManyWebhooks" | "TypeNotAllowed" | "Unexpected" | "UploadExpired" | "UploadIncomplete" | "UploadNotFound" | "UploadOver" | "VideoNotFound" | "WebhookNotFound";
            /** @description what to do about it */
            detail: string;
            /** @description the same request, sent again, may succeed */
            retry: boolean;
            /** @description what is wrong with the request, field by field */
            fields?: {
                /** @example body.title */
                path: string;
                message: string;
            }[];
            /** @description parts that have not arrived */
            missing?: number[];
            /** @description the request's id, when somebody must look into it */
            instance?: string;
        };
        /** @description What the gateway says by itself, before a request comes to the API. */
        GatewayMessage: {
            message: string | null;
        };
    };
    responses: {
        /** @description AddressNotAllowed: This stage does not reach out to that address: use a public https address that it allows. */
        AddressNotAllowed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description AddressNotAllowed: This stage does not reach out to that address: use a public https address that it allows.
         *     IdempotencyKeyReused: This Idempotency-Key came with another request before: use a new one.
         */
        AddressNotAllowedOrIdempotencyKeyReused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description BodyTooLarge: The request is too large: films are sent to their upload address, not here. */
        BodyTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /**
         * @description BodyTooLarge: The request is too large: films are sent to their upload address, not here.
         *     SourceTooLarge: The file is larger than this stage allows: send a smaller one or raise the limit.
         */
        BodyTooLargeOrSourceTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description BodyTypeUnknown: The API reads JSON: send the body with the type application/json. */
        BodyTypeUnknown: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description BodyTypeUnknown: The API reads JSON: send the body with the type application/json.
         *     TypeNotAllowed: This stage does not take files of that type: send a video or audio file.
         */
        BodyTypeUnknownOrTypeNotAllowed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description CursorInvalid: The cursor belongs to another list, or is none: begin again without it.
         *     RequestInvalid: The request is not what the API describes: see the fields that are named.
         */
        CursorInvalidOrRequestInvalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Deleted: The film is being deleted: upload it anew if it was a mistake. */
        Deleted: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description ExecutionNotFound: There is no such execution, or it is too long ago for Step Functions to remember.
         *     VideoNotFound: There is no such film, or it is not yours.
         */
        ExecutionNotFoundOrVideoNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Forbidden: Your role does not allow this: ask an admin, or the film's owner. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description GrantInvalid: The grant is over, edited or for another film: ask for a new one. */
        GrantInvalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description MoveForbidden: The film's status does not allow this: one under way must end or be cancelled first, one that is READY can be reprocessed. */
        MoveForbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description NotPublished: There is nothing to watch yet: wait until the film is READY. */
        NotPublished: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description PlaylistNotFound: The film has no playlist of that name: take the addresses that a grant names.
         *     VideoNotFound: There is no such film, or it is not yours.
         */
        PlaylistNotFoundOrVideoNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description RequestInvalid: The request is not what the API describes: see the fields that are named. */
        RequestInvalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description RevisionOld: The film was changed meanwhile: read it again, then send your change. */
        RevisionOld: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description ServiceBusy: Something that the API needs is busy: try again in a moment. */
        ServiceBusy: {
            headers: {
                /** @description Seconds to wait. */
                "retry-after"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /**
         * @description SignInNeeded: Nobody is signed in: sign in, and send the access token as Authorization: Bearer.
         *     TokenInvalid: The token is expired, edited or not for this API: sign in again and send the access token.
         */
        SignInNeededOrTokenInvalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description SourceWithoutAudio: No sound could be decoded: export with an AAC track. */
        SourceWithoutAudio: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description TokenInvalid: The token is expired, edited or not for this API: sign in again and send the access token. */
        TokenInvalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description TooManyRequests: Too many requests at once: wait as long as Retry-After says, then go on. */
        TooManyRequests: {
            headers: {
                /** @description Seconds to wait. */
                "retry-after"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description TooManyWebhooks: You have as many webhooks as this stage allows: delete one first. */
        TooManyWebhooks: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Unexpected: Something broke that should not: try again, and report it with the id of the film or the request. */
        Unexpected: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
                "application/json": components["schemas"]["GatewayMessage"];
            };
        };
        /** @description UploadExpired: The upload was not finished in time: begin a new one. */
        UploadExpired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description UploadIncomplete: Parts are missing or have another size: ask which have arrived, and send the others.
         *     UploadOver: This upload is completed or was given up: begin a new one to replace the source.
         */
        UploadIncompleteOrUploadOver: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description UploadNotFound: There is no such upload, or it is not yours: begin a new one.
         *     VideoNotFound: There is no such film, or it is not yours.
         */
        UploadNotFoundOrVideoNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description UploadOver: This upload is completed or was given up: begin a new one to replace the source. */
        UploadOver: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description VideoNotFound: There is no such film, or it is not yours. */
        VideoNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description WebhookNotFound: There is no such webhook or delivery, or it is not yours. */
        WebhookNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    showBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description me, or for operators a user's id */
                owner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The budget. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    setBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description me, or for operators a user's id */
                owner: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetWish"];
            };
        };
        responses: {
            /** @description The budget as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Budget"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    showCosts: {
        parameters: {
            query?: {
                /** @description me; for operators also a user's id */
                owner?: string;
                /** @description this one, unless said otherwise */
                month?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The month. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MonthCosts"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    compareReserved: {
        parameters: {
            query?: {
                /** @description me; for operators also a user's id */
                owner?: string;
                /** @description this one, unless said otherwise */
                month?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The comparison. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    estimate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EstimateWish"];
            };
        };
        responses: {
            /** @description The estimate. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Estimate"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            409: components["responses"]["MoveForbidden"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            422: components["responses"]["SourceWithoutAudio"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    showMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description You. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    listProfiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The profiles. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profiles"];
                };
            };
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    showSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The issuer of the tokens that are good here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    listVideos: {
        parameters: {
            query?: {
                /** @description me; for operators also all, or a user's id */
                owner?: string;
                /** @description those that others share with me */
                shared?: "true";
                status?: "AWAITING_UPLOAD" | "VALIDATING" | "PENDING" | "TRANSCODING" | "READY" | "FAILED" | "CANCELED";
                tag?: string;
                /** @description what the title begins with, in either case */
                title?: string;
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of films. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Videos"];
                };
            };
            400: components["responses"]["CursorInvalidOrRequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    openVideo: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key within a day opens the same film, and no second one. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VideoWish"];
            };
        };
        responses: {
            /** @description The film waits for its source. */
            201: {
                headers: {
                    /** @description the film's address */
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Opened"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            410: components["responses"]["Deleted"];
            413: components["responses"]["BodyTooLargeOrSourceTooLarge"];
            415: components["responses"]["BodyTypeUnknownOrTypeNotAllowed"];
            422: components["responses"]["AddressNotAllowedOrIdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    showVideo: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that is known already: then there is no body. */
                "if-none-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The film. */
            200: {
                headers: {
                    /** @description the film's revision and state */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Video"];
                };
            };
            /** @description It is as you know it. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    deleteVideo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is on its way out. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Removing"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    changeVideo: {
        parameters: {
            query?: never;
            header?: {
                /** @description the ETag it was read with: nobody has changed it since */
                "if-match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["VideoChange"];
            };
        };
        responses: {
            /** @description The film as it is now. */
            200: {
                headers: {
                    /** @description the film's revision and state */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Video"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            412: components["responses"]["RevisionOld"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    readPlaylist: {
        parameters: {
            query: {
                grant: string;
            };
            header?: never;
            path: {
                id: string;
                attempt: number;
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The playlist. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apple.mpegurl": string;
                };
            };
            400: components["responses"]["RequestInvalid"];
            403: components["responses"]["GrantInvalid"];
            404: components["responses"]["PlaylistNotFoundOrVideoNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    cancelVideo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The film, CANCELED. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Video"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            409: components["responses"]["MoveForbidden"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    showExecution: {
        parameters: {
            query?: {
                /** @description the newest, unless said otherwise */
                attempt?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The execution. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Execution"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["ExecutionNotFoundOrVideoNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    grantVideo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["GrantWish"];
            };
        };
        responses: {
            /** @description The grant. Its cookies are set on the way. */
            201: {
                headers: {
                    /** @description the signed cookies */
                    "set-cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Grant"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["TokenInvalid"];
            404: components["responses"]["VideoNotFound"];
            409: components["responses"]["NotPublished"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    reprocessVideo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Making"];
            };
        };
        responses: {
            /** @description The film, with its new attempt on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Video"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            409: components["responses"]["MoveForbidden"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    retryVideo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The film, with its new attempt on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Video"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            409: components["responses"]["MoveForbidden"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    replaceSource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Replacement"];
            };
        };
        responses: {
            /** @description The film waits for its new source. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Opened"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            413: components["responses"]["BodyTooLargeOrSourceTooLarge"];
            415: components["responses"]["BodyTypeUnknownOrTypeNotAllowed"];
            422: components["responses"]["AddressNotAllowed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    readTimeline: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of what happened. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            400: components["responses"]["CursorInvalidOrRequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["VideoNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    showUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                uploadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The upload. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UploadNotFoundOrVideoNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    abortUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                uploadId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UploadNotFoundOrVideoNotFound"];
            409: components["responses"]["UploadOver"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    addressParts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                uploadId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WantedParts"];
            };
        };
        responses: {
            /** @description One address a part. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Addresses"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UploadNotFoundOrVideoNotFound"];
            409: components["responses"]["UploadOver"];
            410: components["responses"]["UploadExpired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    completeUpload: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                uploadId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The upload, completed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["UploadNotFoundOrVideoNotFound"];
            409: components["responses"]["UploadIncompleteOrUploadOver"];
            410: components["responses"]["UploadExpired"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhooks"];
                };
            };
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    openWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookWish"];
            };
        };
        responses: {
            /** @description The webhook, with its secret. */
            201: {
                headers: {
                    /** @description the webhook's address */
                    location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["TooManyWebhooks"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            422: components["responses"]["AddressNotAllowed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    showWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["WebhookNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["WebhookNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description The webhook as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["WebhookNotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            422: components["responses"]["AddressNotAllowed"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of deliveries. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deliveries"];
                };
            };
            400: components["responses"]["CursorInvalidOrRequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["WebhookNotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    replayDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The delivery, on its way again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["WebhookNotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    rotateSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The webhook, with its new secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["WebhookNotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Nothing"];
            };
        };
        responses: {
            /** @description The delivery, on its way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["RequestInvalid"];
            401: components["responses"]["SignInNeededOrTokenInvalid"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["WebhookNotFound"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["BodyTypeUnknown"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["Unexpected"];
            503: components["responses"]["ServiceBusy"];
        };
    };
}
