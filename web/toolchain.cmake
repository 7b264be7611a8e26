# CMake toolchain of the preset `web`: Emscripten's own, found through the emcc of the search path
# (Debian's package or an activated emsdk).
find_program(EMCC emcc REQUIRED)
file(REAL_PATH ${EMCC} emcc_path)
get_filename_component(emscripten_root ${emcc_path} DIRECTORY)
include(${emscripten_root}/cmake/Modules/Platform/Emscripten.cmake)
