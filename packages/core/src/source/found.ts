/** A fraction, such as 30000/1001 pictures a second. */
export interface Rate {
  numerator: number;
  denominator: number;
}

/** What is inside a source. Sizes are as people see them: rotated, with square pixels. */
export interface Found {
  container: string;
  durationMs: number;
  sizeBytes: number;
  video?: {
    codec: string;
    widthPx: number;
    heightPx: number;
    frameRate: Rate;
    /** Clockwise degrees that the container asks for. */
    rotation: number;
    pixelAspect: Rate;
    interlaced: boolean;
    bitDepth: number;
    highDynamicRange: boolean;
    kbps?: number;
    /** Where the picture ends; the film goes on when there is more sound. */
    durationMs?: number;
  };
  audio?: {
    codec: string;
    channels: number;
    sampleRateHz?: number;
    language?: string;
    /** Audio tracks in the file; the first one is used. */
    tracks: number;
    kbps?: number;
    durationMs?: number;
  };
}
