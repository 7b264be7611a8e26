/* `oneglyph model export`. */
#ifndef ONNX_COMMAND_H
#define ONNX_COMMAND_H

/* argv[0] is "export"; returns the exit code of the program. */
int model_export(int argc, const char **argv);

#endif
