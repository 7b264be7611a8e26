/* The version of the tool, one number for command and model files' provenance. */
#ifndef VERSION_H
#define VERSION_H

#define ONEGLYPH_VERSION "0.1.0"

#endif
