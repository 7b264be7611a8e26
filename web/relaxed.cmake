# oneglyph-relaxed.wasm, with the relaxed SIMD instructions that Emscripten knows since it holds
# LLVM 17. For an older one, a clang and wasm-ld beside it make the module, with its C library. The
# module is optional: without either it is left out.
foreach(version 22 21 20 19 18 17)
  find_program(RELAXED_CLANG clang-${version})
  find_program(RELAXED_LINKER wasm-ld-${version})
  if(RELAXED_CLANG AND RELAXED_LINKER)
    break()
  endif()
  unset(RELAXED_CLANG CACHE)
  unset(RELAXED_LINKER CACHE)
endforeach()

# The module `out` of the files `ARGN`, each compiled with the options that its place asks for.
function(og_relaxed_module out)
  get_directory_property(warnings COMPILE_OPTIONS)
  set(compile ${RELAXED_CLANG} --target=wasm32-unknown-emscripten --sysroot=${EMSCRIPTEN_SYSROOT}
    -std=c11 -DNDEBUG ${warnings} ${common_options} -msimd128 -mrelaxed-simd
    -I${core})
  set(objects "")
  foreach(source ${ARGN})
    get_filename_component(name ${source} NAME_WE)
    if(name STREQUAL kernels_relaxed)
      set(options ${kernels_options})
    elseif(name MATCHES "^(deform|winograd|quantise)$")
      set(options ${vector_options})
    elseif(name STREQUAL memory)
      set(options ${memory_options})
    else()
      set(options ${rest_options} "-DOG_KERNEL_LIST(X)=X(relaxed)")
    endif()
    set(object ${CMAKE_CURRENT_BINARY_DIR}/relaxed/${name}.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${compile} ${options} -MD -MF ${object}.d -c ${source} -o ${object}
      DEPENDS ${source} DEPFILE ${object}.d
      COMMENT "Building relaxed ${name}.o" VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(libraries ${EMSCRIPTEN_SYSROOT}/lib/wasm32-emscripten)
  add_custom_command(OUTPUT ${out}
    COMMAND ${RELAXED_LINKER} --no-entry --export=_initialize --strip-all --compress-relocations
      -z stack-size=${stack}
      --initial-memory=${memory} ${objects} ${libraries}/crt1_reactor.o ${libraries}/libc.a -o ${out}
    DEPENDS ${objects} COMMENT "Linking oneglyph-relaxed.wasm" VERBATIM)
endfunction()

set(relaxed_module "")
if(CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 17)
  og_wasm(relaxed relaxed -msimd128 -mrelaxed-simd)
  set(relaxed_module oneglyph-relaxed)
elseif(RELAXED_CLANG)
  set(relaxed_module ${CMAKE_BINARY_DIR}/wasm/oneglyph-relaxed.wasm)
  list(TRANSFORM sources REPLACE "^exports" ${CMAKE_CURRENT_SOURCE_DIR}/exports)
  og_relaxed_module(${relaxed_module} ${sources} ${CMAKE_CURRENT_SOURCE_DIR}/memory.c
    ${core}/kernels/kernels_relaxed.c)
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/relaxed)
else()
  message(STATUS "No oneglyph-relaxed.wasm: it needs clang and wasm-ld of LLVM 17 or later "
    "(Debian's clang-19 and lld-19)")
endif()
