# What the command is compiled with because it reads files that nobody vouches for: checked string
# and memory functions, canaries on the stack, a position-independent program whose tables are
# read-only once it runs. Where the compiler has it, and not under sanitizers, which see more.
include(CheckCSourceCompiles)
include(CheckLinkerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

foreach(level 3 2)
  if(NOT ONEGLYPH_FORTIFY)
    set(CMAKE_REQUIRED_FLAGS "-O2 -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=${level}")
    check_c_source_compiles("#include <string.h>\nint main(void) { return (int)strlen(\"\"); }"
      ONEGLYPH_FORTIFY_${level})
    if(ONEGLYPH_FORTIFY_${level})
      set(ONEGLYPH_FORTIFY ${level})
    endif()
  endif()
endforeach()
set(CMAKE_REQUIRED_FLAGS -fstack-protector-strong)
check_c_source_compiles("int main(void) { return 0; }" ONEGLYPH_STACK_PROTECTOR)
unset(CMAKE_REQUIRED_FLAGS)
check_linker_flag(C LINKER:-z,relro,-z,now ONEGLYPH_RELRO)

function(og_harden target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(ONEGLYPH_SANITIZE)
    return()
  endif()
  # The checks need the optimiser.
  set(optimised $<OR:$<CONFIG:Release>,$<CONFIG:RelWithDebInfo>,$<CONFIG:MinSizeRel>>)
  if(ONEGLYPH_FORTIFY)
    target_compile_options(${target} PRIVATE
      $<${optimised}:-U_FORTIFY_SOURCE> $<${optimised}:-D_FORTIFY_SOURCE=${ONEGLYPH_FORTIFY}>)
  endif()
  if(ONEGLYPH_STACK_PROTECTOR)
    target_compile_options(${target} PRIVATE -fstack-protector-strong)
  endif()
  get_target_property(type ${target} TYPE)
  if(ONEGLYPH_RELRO AND type STREQUAL EXECUTABLE)
    target_link_options(${target} PRIVATE LINKER:-z,relro,-z,now)
  endif()
endfunction()
